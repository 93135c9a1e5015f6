from cityloop.kernel.features import FeatureConfig


class PeopleConfig(FeatureConfig):
    name = "cityloop.kernel.people"
