"""People and the posts they hold."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from cityloop.kernel.organisations.models import Organization
from cityloop.kernel.people.contracts import Role


class PersonManager(BaseUserManager["Person"]):
    """What Django's authentication asks of a user model."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(staff_number=username)


class Person(AbstractBaseUser):
    """Somebody who signs in with a staff number 工号. No personal name is kept: the personnel system has it."""

    staff_number = models.CharField(max_length=40, unique=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    session_epoch = models.PositiveIntegerField(default=0, help_text="Grows when every session has to end.")

    objects = PersonManager()

    USERNAME_FIELD = "staff_number"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.staff_number

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """What a session is tied to: it ends with the password, and when the access was ended."""
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("cityloop.session", value, secret=secret, algorithm="sha256").hexdigest()


class Post(models.Model):
    """A role a person holds at an organisation."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="posts")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "role", "organization"], name="one_post_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.person.staff_number} {self.role} {self.organization.name}"
