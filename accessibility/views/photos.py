"""Photographs of a home or an inspection: the gallery with its form, the pieces of an upload, the pictures themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accessibility.forms.photos import HomePhotoForm, InspectionPhotoForm, UploadForm
from accessibility.models import ENDED, Inspection, Photo, PhotoUpload, RetrofitHome
from accessibility.parts_photos import grouped
from accessibility.services.homes.steps import RECORD
from accessibility.services.photos.keeping import RECORD_PLACES, photo_add, photo_remove, picture_of, refusal_to_remove
from accessibility.services.photos.uploads import OutOfStep, upload_receive, upload_start
from zalainuoer.common.errors import RuleBroken
from zalainuoer.common.models import AccessAct
from zalainuoer.common.services import access_record

views_photos = permission_required("accessibility.view_accessibility", raise_exception=True)


def _note(request: HttpRequest, what: str, home: RetrofitHome | None) -> None:
    access_record(
        by=request.user,
        act=AccessAct.READ,
        what=what,
        people=1 if home else 0,
        person=home.person_id if home else None,
        address=request.META.get("REMOTE_ADDR"),
    )


def _home(request: HttpRequest, pk: int) -> RetrofitHome:
    rows = RetrofitHome.objects.visible_to(request.user).select_related("person__community__parent")
    return get_object_or_404(rows, pk=pk)


def _inspection(request: HttpRequest, pk: int) -> Inspection:
    return get_object_or_404(Inspection.objects.visible_to(request.user).select_related("facility"), pk=pk)


def _photo(request: HttpRequest, pk: int) -> Photo:
    rows = Photo.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("home__person", "inspection__facility", "item__item"), pk=pk)


def _gallery_of(photo: Photo) -> str:
    if photo.home_id:
        return reverse("home_photos", args=[photo.home_id])
    return reverse("inspection_photos", args=[photo.inspection_id])


# the galleries


@views_photos
@never_cache
def home_photos(request: HttpRequest, pk: int) -> HttpResponse:
    """All photographs of a home by purpose, and the form for more."""
    home = _home(request, pk)
    form = None
    if request.user.has_perm(RECORD) and home.stage not in ENDED:
        form = HomePhotoForm(request.POST or None, request.FILES or None, home=home)
    if _brought(request, form):
        return redirect("home_photos", home.pk)
    _note(request, "家庭无障碍改造：照片", home)
    context = {
        "home": home,
        "person": home.person,
        "form": form,
        "groups": grouped(home.photos),
        "start": reverse("home_photo_upload", args=[home.pk]),
    }
    return render(request, "accessibility/photos/home.html", context)


@views_photos
@never_cache
def inspection_photos(request: HttpRequest, pk: int) -> HttpResponse:
    """All photographs of an inspection, and the form for more."""
    inspection = _inspection(request, pk)
    form = None
    if request.user.has_perm(RECORD_PLACES):
        form = InspectionPhotoForm(request.POST or None, request.FILES or None, inspection=inspection)
    if _brought(request, form):
        return redirect("inspection_photos", inspection.pk)
    _note(request, "体验检查：照片", None)
    context = {
        "inspection": inspection,
        "form": form,
        "groups": grouped(inspection.photos),
        "start": reverse("inspection_photo_upload", args=[inspection.pk]),
    }
    return render(request, "accessibility/photos/inspection.html", context)


def _brought(request: HttpRequest, form: Any) -> bool:
    """Keeps the files of a form sent whole, as a browser without scripts sends it; False if one was refused."""
    if request.method != "POST" or form is None or not form.is_valid():
        return False
    kept = 0
    for file in form.cleaned_data["files"]:
        try:
            photo_add(of=form.of, sent=file.read(), by=request.user)
            kept += 1
        except RuleBroken as broken:
            form.add_error("files", f"“{file.name[-40:]}”：{broken.message}")
    if kept:
        messages.success(request, f"已保存 {kept} 张照片。")
    return not form.errors


# in pieces


@views_photos
@never_cache
@require_POST
def home_photo_upload(request: HttpRequest, pk: int) -> JsonResponse:
    """Begins the upload of a photograph of a home, or finds it where it stopped."""
    return _started(request, HomePhotoForm(request.POST, home=_home(request, pk), with_files=False))


@views_photos
@never_cache
@require_POST
def inspection_photo_upload(request: HttpRequest, pk: int) -> JsonResponse:
    """The same of an inspection."""
    return _started(request, InspectionPhotoForm(request.POST, inspection=_inspection(request, pk), with_files=False))


def _started(request: HttpRequest, form: Any) -> JsonResponse:
    about = UploadForm(request.POST)
    if not form.is_valid() or not about.is_valid():
        said = [error for errors in form.errors.values() for error in errors]
        return _refused("".join(said) or "这个文件无法上传，请重新选择。")
    try:
        upload = upload_start(of=form.of, by=request.user, **about.cleaned_data)
    except RuleBroken as broken:
        return _refused(broken.message)
    return JsonResponse(_state(upload))


@views_photos
@never_cache
@require_POST
def photo_upload(request: HttpRequest, pk: int) -> JsonResponse:
    """The next piece of a photograph, as the body; `start` says where it begins."""
    upload = get_object_or_404(PhotoUpload.objects.filter(by=request.user), pk=pk)
    start = request.GET.get("start", "")
    if not start.isdecimal() or len(start) > 10:
        return _refused("上传的数据不完整，请重新选择这张照片。")
    try:
        upload = upload_receive(upload=upload, start=int(start), piece=request.body, by=request.user)
    except OutOfStep as out:
        return JsonResponse({"received": out.received}, status=409)
    except RuleBroken as broken:
        return _refused(broken.message)
    return JsonResponse(_state(upload))


def _state(upload: PhotoUpload) -> dict[str, Any]:
    return {
        "address": reverse("photo_upload", args=[upload.pk]),
        "received": upload.received,
        "is_kept": upload.photo_id is not None,
    }


def _refused(sentence: str) -> JsonResponse:
    return JsonResponse({"refused": sentence}, status=400)


# the pictures


@views_photos
@never_cache
@require_GET
def photo_image(request: HttpRequest, pk: int) -> HttpResponse:
    """One photograph."""
    return _picture(request, pk, small=False)


@views_photos
@never_cache
@require_GET
def photo_thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    """The same, small."""
    return _picture(request, pk, small=True)


def _picture(request: HttpRequest, pk: int, *, small: bool) -> HttpResponse:
    photo = _photo(request, pk)
    subject = "家庭无障碍改造" if photo.home else "体验检查"
    _note(request, f"{subject}：{'缩略图' if small else '照片'} {photo.pk}", photo.home)
    answer = HttpResponse(picture_of(photo, small=small), content_type="image/jpeg")
    answer["Content-Disposition"] = content_disposition_header(False, f"照片{photo.pk}.jpg")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@views_photos
@never_cache
def photo_remove_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks once more, then removes a photograph brought by mistake."""
    photo = _photo(request, pk)
    if not request.user.has_perm(RECORD if photo.home_id else RECORD_PLACES):
        return redirect(_gallery_of(photo))
    if request.method == "POST":
        try:
            photo_remove(photo=photo, by=request.user)
        except RuleBroken as broken:
            messages.error(request, broken.message)
        else:
            messages.success(request, "已删除照片。")
        return redirect(_gallery_of(photo))
    _note(request, "删除照片", photo.home)
    context = {"photo": photo, "refusal": refusal_to_remove(photo), "back": _gallery_of(photo)}
    return render(request, "accessibility/photos/remove.html", context)


urls = [
    path("accessibility/homes/<int:pk>/photos/", home_photos, name="home_photos"),
    path("accessibility/homes/<int:pk>/photos/upload/", home_photo_upload, name="home_photo_upload"),
    path("accessibility/places/inspections/<int:pk>/photos/", inspection_photos, name="inspection_photos"),
    path(
        "accessibility/places/inspections/<int:pk>/photos/upload/",
        inspection_photo_upload,
        name="inspection_photo_upload",
    ),
    path("accessibility/photo-uploads/<int:pk>/", photo_upload, name="photo_upload"),
    path("accessibility/photos/<int:pk>/", photo_image, name="photo_image"),
    path("accessibility/photos/<int:pk>/thumbnail/", photo_thumbnail, name="photo_thumbnail"),
    path("accessibility/photos/<int:pk>/remove/", photo_remove_page, name="photo_remove"),
]
