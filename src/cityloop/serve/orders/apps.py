from cityloop.kernel.features import FeatureConfig


class OrdersConfig(FeatureConfig):
    name = "cityloop.serve.orders"

    def ready(self) -> None:
        super().ready()
        from cityloop.serve.orders.nav import register_pages

        register_pages()
