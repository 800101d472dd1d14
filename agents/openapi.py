"""How the API's description names a site's key."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class SiteKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A bearer token."""

    target_class = "agents.api_keys.SiteKeyAuthentication"
    name = "siteKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """In OpenAPI's terms."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "tnd_…"}
