"""The pages of public places and of what is reported about them."""

from accessibility.views.places import cases, exporting, facilities, notices

urls = [*facilities.urls, *notices.urls, *cases.urls, *exporting.urls]
