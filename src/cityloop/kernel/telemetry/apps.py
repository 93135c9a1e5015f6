from cityloop.kernel.features import FeatureConfig


class TelemetryConfig(FeatureConfig):
    name = "cityloop.kernel.telemetry"
