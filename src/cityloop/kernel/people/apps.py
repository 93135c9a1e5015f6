from cityloop.kernel.features import FeatureConfig


class PeopleConfig(FeatureConfig):
    name = "cityloop.kernel.people"

    def ready(self) -> None:
        super().ready()
        from cityloop.kernel.people.nav import register_tab

        register_tab()
