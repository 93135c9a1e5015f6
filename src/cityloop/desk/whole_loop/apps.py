from cityloop.kernel.features import FeatureConfig


class WholeLoopConfig(FeatureConfig):
    name = "cityloop.desk.whole_loop"
