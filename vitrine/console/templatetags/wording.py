"""`{{ detail|worded }}`: an error or a notice, which is kept in English, in the page's language."""

from django import template

from vitrine.wording import worded

register = template.Library()
register.filter("worded", worded)
