from cityloop.kernel.features import FeatureConfig


class OrganisationsConfig(FeatureConfig):
    name = "cityloop.kernel.organisations"
