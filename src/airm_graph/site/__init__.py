"""The pages that people see: templates, a style sheet, and what a page shows of a resource, a search or a query. No frameworks."""

from airm_graph.site.pages import SitePages

__all__ = ["SitePages"]
