"""Failed sign-ins are forgotten after a day."""

from datetime import timedelta

from axes.models import AccessAttempt

from cityloop.kernel import clock
from cityloop.kernel.jobs.port import schedule


@schedule(period=timedelta(days=1))
def forget_failed_attempts() -> None:
    """Delete what django-axes kept of attempts that no longer lock anybody."""
    AccessAttempt.objects.filter(attempt_time__lt=clock.now() - timedelta(days=1)).delete()
