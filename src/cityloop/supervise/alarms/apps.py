from cityloop.kernel.features import FeatureConfig


class AlarmsConfig(FeatureConfig):
    name = "cityloop.supervise.alarms"

    def ready(self) -> None:
        super().ready()
        from cityloop.supervise.alarms.nav import register_counter

        register_counter()
