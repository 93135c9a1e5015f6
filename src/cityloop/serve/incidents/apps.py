from cityloop.kernel.features import FeatureConfig


class IncidentsConfig(FeatureConfig):
    name = "cityloop.serve.incidents"
