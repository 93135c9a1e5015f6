from cityloop.kernel.features import FeatureConfig


class DetectionConfig(FeatureConfig):
    name = "cityloop.analyse.detection"

    def ready(self) -> None:
        """Register the tab of the rules."""
        super().ready()
        from cityloop.analyse.detection.navigation import register_tabs

        register_tabs()
