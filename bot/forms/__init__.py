"""Forms: what a customer is asked about his own case, as data, and how it is filled."""

from bot.forms.clerk import Clerk
from bot.forms.files import FormError, load_forms
from bot.forms.model import Forms, FormSpec, Looked, Reply, Slot

__all__ = ["Clerk", "FormError", "FormSpec", "Forms", "Looked", "Reply", "Slot", "load_forms"]
