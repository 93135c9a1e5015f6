from cityloop.kernel.features import FeatureConfig


class GeographyConfig(FeatureConfig):
    name = "cityloop.kernel.geography"
