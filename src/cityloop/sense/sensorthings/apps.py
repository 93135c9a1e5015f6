from cityloop.kernel.features import FeatureConfig


class SensorThingsConfig(FeatureConfig):
    name = "cityloop.sense.sensorthings"
