"""Versions in a real MLflow registry: registered once, found, and refused where they must be."""

import json
import pickle
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import lakegloss
from lakegloss.errors import (
    RegistryError,
    SettingsError,
    VersionNotFoundError,
    VersionRefusedError,
)
from lakegloss.programs.comment import CommentProgram
from lakegloss.programs.library import SIGNATURES
from lakegloss.programs.saved import load_saved, save
from lakegloss.release.chosen import chosen_program
from lakegloss.release.files import figures_of
from lakegloss.release.registry import Registry, default_name
from lakegloss.release.servers import place_of, uris_of
from lakegloss.release.version import reference_of
from lakegloss.serving.model import packaging
from lakegloss.serving.model.packaging import packaged, register
from lakegloss.settings import Settings, load_settings
from tests.kits.modules import fresh
from tests.kits.registry import (
    NAME,
    asking_mlflow,
    client_of,
    comment_program,
    copied,
    folder_of,
    register_folder,
    registry_in,
    settings_in,
    versions_of,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_in(tmp_path_factory.mktemp("registry"))


@pytest.fixture
def registry(settings: Settings) -> Iterator[Registry]:
    return registry_in(settings)


def test_a_program_is_registered_once(settings: Settings, registry: Registry) -> None:
    figures = {"dataset": "gold/dev", "rows": 218, "scores": {"similarity": 0.71}}
    name = "lakegloss_once"
    first, is_new = register(registry, name, comment_program(), settings, measured=figures)
    assert is_new
    assert (first.number, first.program, first.measured) == (1, "comment", figures)
    again, is_new = register(registry, name, comment_program(), settings, measured=figures)
    assert (again.number, is_new) == (1, False)
    other, is_new = register(registry, name, comment_program("Be brief."), settings)
    assert (other.number, is_new) == (2, True)
    assert [v.number for v in registry.versions(name)] == [2, 1]
    run = client_of(registry).get_run(first.run_id)
    assert run.data.metrics["scores.similarity"] == 0.71


def test_a_version_comes_back_as_data(settings: Settings, registry: Registry) -> None:
    name = "lakegloss_back"
    [version] = versions_of(settings, "Write plainly.", name=name)
    registry.point(name, "champion", 1)
    found = registry.find(reference_of(f"{name}@champion"))
    assert found.reference == version.reference == f"{name}/1"
    program = load_saved(registry.saved(found))
    assert isinstance(program, CommentProgram)
    assert program.version == version.program_version
    chosen = chosen_program(settings.model_copy(update={"program": name}), environ={})
    assert (chosen.reference, chosen.settings.program) == (f"{name}/1", f"{name}/1")
    registry.point(name, "champion", None)
    assert registry.aliases(name) == {}


@pytest.mark.parametrize(
    ("text", "name", "alias", "number"),
    [
        ("a", "a", "champion", 0),
        ("a@challenger", "a", "challenger", 0),
        ("main.gloss.comment/3", "main.gloss.comment", "", 3),
        ("models:/a/12", "a", "", 12),
        ("models:/a@b", "a", "b", 0),
    ],
)
def test_references(text: str, name: str, alias: str, number: int) -> None:
    found = reference_of(text)
    assert (found.name, found.alias, found.number) == (name, alias, number)


@pytest.mark.parametrize("text", ["", "a@", "a/b", "a@b@c", "models:/", "runs:/1/model", "a/1/2"])
def test_what_is_no_reference(text: str) -> None:
    with pytest.raises(VersionNotFoundError):
        reference_of(text)


def test_what_is_not_there_is_told(settings: Settings, registry: Registry) -> None:
    for text in ("lakegloss_nothing", "lakegloss_nothing/3", "lakegloss_nothing@x"):
        with pytest.raises(VersionNotFoundError, match="here is no version"):
            registry.find(reference_of(text))
    assert registry.versions("lakegloss_nothing") == []


def test_names_outside_the_list_are_refused(settings: Settings, registry: Registry) -> None:
    for call in (
        lambda: registry.versions("evil"),
        lambda: registry.find(reference_of("evil@champion")),
        lambda: registry.point("evil", "champion", 1),
        lambda: register(registry, "evil", comment_program(), settings),
        lambda: chosen_program(settings.model_copy(update={"program": "evil/1"}), environ={}),
    ):
        with pytest.raises(VersionRefusedError, match="'evil' is not allowed"):
            call()
    other = settings.model_copy(update={"registry_allow": "team_*, evil"})
    assert Registry(other, environ={}).versions("evil") == []


def test_a_pickled_version_is_refused_and_never_loaded(
    settings: Settings, registry: Registry, tmp_path: Path
) -> None:
    import mlflow.pyfunc

    mark = tmp_path / "was-run"

    class Pickled(mlflow.pyfunc.PythonModel):  # type: ignore[misc,name-defined]
        def __reduce__(self) -> Any:
            return (Path.touch, (mark,))

        def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
            return model_input

    model = tmp_path / "model"
    mlflow.pyfunc.save_model(str(model), python_model=Pickled(), pip_requirements=["mlflow"])
    # A program beside the pickle does not make it one of ours.
    (model / "artifacts").mkdir()
    (model / "artifacts" / "program.json").write_text(comment_program().text, encoding="utf-8")
    version = register_folder(settings, "lakegloss_pickled", model)
    with pytest.raises(VersionRefusedError, match="is pickled"):
        registry.saved(version)
    assert not mark.exists()


def test_versions_of_other_things_are_refused(
    settings: Settings, registry: Registry, tmp_path: Path
) -> None:
    [good] = versions_of(settings, "", name="lakegloss_good")
    source = folder_of(settings, good)
    bare = copied(source, tmp_path / "bare")
    (bare / "artifacts" / "program.json").unlink()
    text = copied(source, tmp_path / "text")
    (text / "artifacts" / "program.json").write_bytes(pickle.dumps({"a": 1}, protocol=0))
    no_model = tmp_path / "no_model"
    no_model.mkdir()
    (no_model / "MLmodel").write_text("flavors: {}", encoding="utf-8")
    for model, said in ((bare, "holds no"), (text, "no saved program"), (no_model, "no Python")):
        version = register_folder(settings, "lakegloss_others", model)
        with pytest.raises(VersionRefusedError, match=said):
            registry.saved(version)


def test_a_version_of_another_signature_is_refused(
    settings: Settings, registry: Registry, tmp_path: Path
) -> None:
    [good] = versions_of(settings, "", name="lakegloss_signed")
    model = copied(folder_of(settings, good), tmp_path / "model")
    file = model / "artifacts" / "program.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(content | {"signature": "f" * 12}), encoding="utf-8")
    version = register_folder(settings, "lakegloss_signed", model)
    with pytest.raises(VersionRefusedError, match="its fields are others by now"):
        load_saved(registry.saved(version))
    wanted = settings.model_copy(update={"program": f"lakegloss_signed/{version.number}"})
    with pytest.raises(VersionRefusedError, match="its fields are others by now"):
        chosen_program(wanted, environ={})


def test_a_program_of_another_kind_writes_no_comments(
    settings: Settings, registry: Registry
) -> None:
    name = "lakegloss_mail"
    register(registry, name, save(SIGNATURES["EmailDraft"]), settings)
    with pytest.raises(VersionRefusedError, match="writes no comments"):
        chosen_program(settings.model_copy(update={"program": f"{name}/1"}), environ={})


def test_numbers_of_deleted_versions_are_not_used_again(
    settings: Settings, registry: Registry
) -> None:
    name = "lakegloss_deleted"
    versions_of(settings, "One.", "Two.", name=name)
    client_of(registry).delete_model_version(name, "2")
    [third] = versions_of(settings, "Three.", name=name)
    text = (folder_of(settings, third) / "MLmodel").read_text(encoding="utf-8")
    assert f"version: {name}/{third.number}" in text, "it calls itself what it is called"


@pytest.mark.parametrize(("text", "said"), [('{"a": 1,}', "line 1"), ("[1]", "no JSON object")])
def test_a_file_of_figures_that_is_none_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "figures.json"
    path.write_text(text)
    with pytest.raises(SettingsError, match=said):
        figures_of(path)


def test_figures_that_do_not_fit_are_told(settings: Settings, registry: Registry) -> None:
    with pytest.raises(RegistryError, match="at most"):
        register(
            registry, "lakegloss_big", comment_program(), settings, measured={"rows": "x" * 9_000}
        )


def test_a_registry_that_nobody_serves_is_told_at_once(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = load_settings(environ={}, home=tmp_path, registry_uri=f"http://127.0.0.1:{port}")
    with pytest.raises(RegistryError, match="No MLflow server answers"):
        Registry(settings, environ={})


@pytest.mark.parametrize(
    ("registry_uri", "env", "expected"),
    [
        ("", {}, ("sqlite:///{home}/mlflow.db", "sqlite:///{home}/mlflow.db")),
        ("", {"MLFLOW_TRACKING_URI": "http://a"}, ("http://a", "http://a")),
        ("http://b", {}, ("http://b", "http://b")),
        ("http://b", {"MLFLOW_TRACKING_URI": "http://a"}, ("http://a", "http://b")),
        ("", {"DATABRICKS_RUNTIME_VERSION": "17"}, ("databricks", "databricks-uc")),
        ("databricks-uc", {}, ("databricks", "databricks-uc")),
        ("databricks-uc://profile", {}, ("databricks://profile", "databricks-uc://profile")),
    ],
)
def test_where_the_registry_is(
    tmp_path: Path, registry_uri: str, env: dict[str, str], expected: tuple[str, str]
) -> None:
    settings = load_settings(environ={}, home=tmp_path, registry_uri=registry_uri)
    wanted = tuple(text.format(home=tmp_path) for text in expected)
    assert uris_of(settings, env) == wanted


def test_names_by_default(tmp_path: Path) -> None:
    settings = load_settings(environ={}, catalog="prod", schema_name="gloss")
    assert default_name(settings, "E-mail draft", "sqlite:///x") == "lakegloss_e_mail_draft"
    assert default_name(settings, "comment", "databricks-uc") == "prod.gloss.comment"
    assert Registry(settings_in(tmp_path, schema_name="gloss"), environ={}).is_allowed(
        "prod.gloss.comment"
    )


def test_no_key_goes_into_the_artifacts(tmp_path: Path) -> None:
    secret = "sk-very-secret-0123456789"
    settings = settings_in(tmp_path, model="m", endpoint="http://127.0.0.1:9/v1", api_key=secret)
    with packaged(comment_program(), settings, version=f"{NAME}/1") as model:
        files = [path for path in model.rglob("*") if path.is_file()]
        assert len(files) > 50
        assert not any(secret.encode() in path.read_bytes() for path in files)
        assert sum(path.stat().st_size for path in files) < 5 * 2**20
        assert not any(path.suffix in {".pkl", ".pyc"} for path in files)


def test_a_state_file_for_another_program_is_refused() -> None:
    from lakegloss.release.files import saved_of

    with pytest.raises(SettingsError, match="Only the comment program"):
        saved_of("EmailDraft", Path("x.json"))


def test_other_settings_make_another_version(settings: Settings, registry: Registry) -> None:
    name = "lakegloss_settings"
    first, _ = register(registry, name, comment_program(), settings)
    stricter = settings.model_copy(update={"values": "none"})
    second, is_new = register(registry, name, comment_program(), stricter)
    assert (second.number, is_new) == (first.number + 1, True)


def test_other_code_makes_another_version(
    settings: Settings, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "lakegloss_code"
    first, _ = register(registry, name, comment_program(), settings)
    package = tmp_path / "lakegloss"
    shutil.copytree(Path(lakegloss.__file__).parent, package)
    (package / "core" / "mended.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(lakegloss, "__file__", str(package / "__init__.py"))
    second, is_new = fresh(packaging).register(registry, name, comment_program(), settings)
    monkeypatch.undo()
    assert (second.number, is_new) == (first.number + 1, True)
    assert register(registry, name, comment_program(), settings)[1] is False


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("https://ann:word@mlflow.example", "https://mlflow.example"),
        ("http://[::1]:5000/path", "http://[::1]:5000"),
        ("sqlite:///a.db", "sqlite:///a.db"),
    ],
)
def test_a_place_is_told_without_a_login(uri: str, told: str) -> None:
    assert place_of(uri) == told


def test_a_login_in_an_address_goes_into_no_version(settings: Settings) -> None:
    told = settings.model_copy(update={"model": "m", "endpoint": "http://bob:pw@host/v1"})
    with pytest.raises(SettingsError, match="holds a login"), packaged(comment_program(), told):
        pass


def test_a_login_in_the_registrys_address_is_not_told(tmp_path: Path) -> None:
    settings = load_settings(
        environ={}, home=tmp_path, registry_uri="http://bob:s3cret@127.0.0.1:9"
    )
    with pytest.raises(RegistryError) as raised:
        Registry(settings, environ={})
    assert "s3cret" not in str(raised.value)


def test_what_a_search_of_unity_catalog_lacks_is_not_needed(
    settings: Settings, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There, what is found by a search raises where its tags or aliases are read."""
    from mlflow.entities.model_registry import ModelVersionSearch

    name = "lakegloss_uc"
    versions_of(settings, "", "Be brief.", name=name, score=0.5)

    def search(*_: Any, **__: Any) -> list[Any]:
        return [ModelVersionSearch(name, str(number), 0, 0) for number in (1, 2)]

    monkeypatch.setattr("mlflow.MlflowClient.search_model_versions", search)
    found = asking_mlflow(registry).versions(name)
    assert [v.number for v in found] == [2, 1]
    assert found[0].measured == {"score": 0.5}


@pytest.mark.parametrize("key", ["lakegloss_program", "lakegloss_version", "lakegloss_package"])
def test_tags_have_names_that_unity_catalog_takes(
    settings: Settings, registry: Registry, key: str
) -> None:
    [version] = versions_of(settings, "", name="lakegloss_tags")
    item = client_of(registry).get_model_version(version.name, str(version.number))
    assert item.tags[key]
    assert not set(".,-=/: ") & set("".join(item.tags))


def test_a_registry_that_fails_is_not_a_version_that_is_not_there(
    settings: Settings, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ConnectionResetError("reset")

    monkeypatch.setattr("mlflow.MlflowClient.get_model_version_by_alias", broken)
    with pytest.raises(RegistryError) as raised:
        asking_mlflow(registry).find(reference_of(NAME))
    assert not isinstance(raised.value, VersionNotFoundError)


def test_figures_go_to_the_version_that_has_none(settings: Settings, registry: Registry) -> None:
    name = "lakegloss_figures"
    plain, _ = register(registry, name, comment_program(), settings)
    told, is_new = register(registry, name, comment_program(), settings, measured={"score": 0.7})
    assert (told.number, is_new, told.measured) == (plain.number, False, {"score": 0.7})
    assert registry.versions(name)[0].measured == {"score": 0.7}
    assert client_of(registry).get_run(plain.run_id).data.metrics == {"score": 0.7}
    again, is_new = register(registry, name, comment_program(), settings)
    assert (again.number, is_new) == (plain.number, False), "figures are not lost"
    other, is_new = register(registry, name, comment_program(), settings, measured={"score": 0.8})
    assert (other.number, is_new) == (plain.number + 1, True)
    back, is_new = register(registry, name, comment_program(), settings, measured={"score": 0.7})
    assert (back.number, is_new) == (plain.number, False)


def test_a_version_that_was_changed_is_refused(settings: Settings, registry: Registry) -> None:
    name = "lakegloss_changed"
    [version] = versions_of(settings, "", name=name)
    file = folder_of(settings, version) / "artifacts" / "program.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Write the catalog comments", "Obey"), encoding="utf-8")
    with pytest.raises(VersionRefusedError, match="was changed after it was registered"):
        registry.saved(registry.find(reference_of(f"{name}/1")))
    again, is_new = register(registry, name, comment_program(), settings)
    assert (again.number, is_new) == (2, True), "to register it again is the remedy"
    client_of(registry).set_model_version_tag(name, "2", "lakegloss_content", again.content[:12])
    assert registry.saved(registry.find(reference_of(f"{name}/2"))), "as tags once were"
    assert registry.saved(again).version == again.program_version


def test_what_a_person_wrote_of_a_version_stays(settings: Settings, registry: Registry) -> None:
    name = "lakegloss_described"
    [version] = versions_of(settings, "", name=name)
    said = "Reviewed by Ann, not before May."
    client_of(registry).update_model_version(name, "1", description=said)
    told, is_new = register(registry, name, comment_program(), settings, measured={"score": 0.7})
    assert (told.number, is_new) == (version.number + 1, True)
    assert client_of(registry).get_model_version(name, "1").description == said


def test_other_defaults_make_another_version(settings: Settings, registry: Registry) -> None:
    name = "lakegloss_letters"
    one, other = (save(SIGNATURES["EmailDraft"], called) for called in ("mail", "letter"))
    assert one.version == other.version
    assert [register(registry, name, each, settings)[1] for each in (one, other, one, other)] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_name_without_a_champion_says_how_to_make_one(
    settings: Settings, registry: Registry
) -> None:
    versions_of(settings, "", name="lakegloss_headless")
    with pytest.raises(VersionNotFoundError, match="lakegloss promote"):
        registry.find(reference_of("lakegloss_headless"))
