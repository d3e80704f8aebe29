"""Addresses."""

from django.urls import path

from lapwing_web.staff.views import audit, door, people, second_factor, training, welfare

urlpatterns = [
    path("sign-in", door.SignIn.as_view(), name="sign-in"),
    path("sign-out", door.sign_out, name="sign-out"),
    path("password", door.password, name="password"),
    path("second-factor", second_factor.second_factor, name="second-factor"),
    path("second-factor/set-up", second_factor.set_up, name="second-factor-set-up"),
    path("people", people.people, name="people"),
    path("people/add", people.person_add, name="person-add"),
    path("people/<int:pk>", people.person_edit, name="person-edit"),
    path("people/<int:pk>/password", people.person_password, name="person-password"),
    path("people/<int:pk>/second-factor", people.person_second_factor, name="person-second-factor"),
    path("training", training.training, name="training"),
    path("training/endings.svg", training.training_picture, name="training-picture"),
    path("training/mine", training.own_training, name="own-training"),
    path("training/mine/opt-out", training.opt_out, name="opt-out"),
    path("training/mine/opt-in", training.opt_in, name="opt-in"),
    path("training/<int:pk>/add", training.training_add, name="training-add"),
    path("exposure", welfare.own_exposure, name="own-exposure"),
    path("welfare", welfare.welfare, name="welfare"),
    path("audit", audit.audit, name="audit"),
]
