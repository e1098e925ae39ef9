"""`{{ count|in_bytes }}`, as in 1.6 MB."""

from django import template

from vitrine.console.sizes import size_words

register = template.Library()
register.filter("in_bytes", size_words)
