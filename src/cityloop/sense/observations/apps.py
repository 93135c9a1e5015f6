from cityloop.kernel.features import FeatureConfig


class ObservationsConfig(FeatureConfig):
    name = "cityloop.sense.observations"

    def ready(self) -> None:
        """Enter the tab, too."""
        super().ready()
        from cityloop.sense.observations.navigation import register_tabs

        register_tabs()
