"""The yardsticks have no pages."""

urlpatterns: list[object] = []
