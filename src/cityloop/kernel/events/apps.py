from cityloop.kernel.features import FeatureConfig


class EventsConfig(FeatureConfig):
    name = "cityloop.kernel.events"
