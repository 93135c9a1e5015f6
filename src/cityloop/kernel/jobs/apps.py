from cityloop.kernel.features import FeatureConfig


class JobsConfig(FeatureConfig):
    name = "cityloop.kernel.jobs"
