from cityloop.kernel.features import FeatureConfig


class ObservationsConfig(FeatureConfig):
    name = "cityloop.sense.observations"
