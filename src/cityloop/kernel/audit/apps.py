from cityloop.kernel.features import FeatureConfig


class AuditConfig(FeatureConfig):
    name = "cityloop.kernel.audit"
