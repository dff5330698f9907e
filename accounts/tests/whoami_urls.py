"""The site's own routes and two that tell who is calling: an endpoint and a page."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vista.urls import handler400, handler403, handler404, handler500
from vista.urls import urlpatterns as routes_of_the_site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class WhoAmI(APIView):
    def get(self, request: Request) -> Response:
        return Response({"email": request.user.email})

    post = get


@csrf_exempt
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(getattr(request.user, "email", "nobody"))


urlpatterns = [path("api/whoami", WhoAmI.as_view()), path("whoami", page), *routes_of_the_site]
