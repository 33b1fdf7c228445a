import numpy as np
import pytest

from gaplab.records import Embeddings, RecordError, load_array, load_values, load_views


@pytest.fixture
def embeddings(rng):
    return Embeddings(
        {"text": rng.normal(size=(3, 2)).astype(np.float32), "image": rng.normal(size=(3, 4))},
        labels=np.array([2, 0, 2]),
        captions=["ein Ä", "b", "ein Ä"],
        made={"seed": 1},
    )


def test_round_trip_keeps_order_types_and_words(embeddings, tmp_path):
    again = Embeddings.load(embeddings.save(tmp_path / "e.safetensors"))
    assert list(again.views) == ["text", "image"]
    for name, view in embeddings.views.items():
        np.testing.assert_array_equal(again.views[name], view)
        assert again.views[name].dtype == view.dtype
    np.testing.assert_array_equal(again.labels, embeddings.labels)
    assert (again.captions, again.made, len(again)) == (embeddings.captions, {"seed": 1}, 3)


def test_groups_are_equal_where_captions_are(embeddings):
    groups = embeddings.groups
    assert groups[0] == groups[2] != groups[1]
    assert Embeddings({"x": np.eye(2)}).groups is None


def test_reads_npz_without_pickle(tmp_path):
    np.savez(tmp_path / "e.npz", image=np.eye(3), text=np.ones((3, 2)), labels=np.arange(3))
    again = Embeddings.load(tmp_path / "e.npz")
    assert list(again.views) == ["image", "text"]
    np.testing.assert_array_equal(again.labels, [0, 1, 2])
    np.savez(tmp_path / "evil.npz", image=np.array([object()], dtype=object))
    with pytest.raises(RecordError, match="cannot be read"):
        Embeddings.load(tmp_path / "evil.npz")


def test_load_array_from_every_format(rng, tmp_path):
    rows = rng.normal(size=(4, 3))
    np.save(tmp_path / "a.npy", rows)
    np.savez(tmp_path / "a.npz", rows=rows)
    Embeddings({"image": rows}).save(tmp_path / "a.safetensors")
    for suffix in (".npy", ".npz", ".safetensors"):
        np.testing.assert_array_equal(load_array(tmp_path / f"a{suffix}"), rows)
    assert isinstance(load_array(tmp_path / "a.npy"), np.memmap)


def test_complains_in_one_sentence(tmp_path, embeddings):
    with pytest.raises(RecordError, match="not a file"):
        load_array(tmp_path / "absent.npy")
    (tmp_path / "a.npy").write_bytes(b"nonsense")
    with pytest.raises(RecordError, match=r"not a plain .npy"):
        load_array(tmp_path / "a.npy")
    (tmp_path / "a.safetensors").write_bytes(b"nonsense")
    with pytest.raises(RecordError, match="cannot be read"):
        load_array(tmp_path / "a.safetensors")
    (tmp_path / "a.csv").write_text("1,2")
    with pytest.raises(RecordError, match=r"ends in .csv"):
        load_array(tmp_path / "a.csv")
    with pytest.raises(RecordError, match="holds 2 arrays"):
        load_array(embeddings.save(tmp_path / "two.safetensors"))
    with pytest.raises(RecordError, match="same number"):
        Embeddings({"a": np.eye(2), "b": np.eye(3)})
    with pytest.raises(RecordError, match="labels has 1 entries for 2 rows"):
        Embeddings({"a": np.eye(2)}, labels=np.array([1]))


def test_views_of_several_files_keep_names_labels_and_maps(tmp_path, embeddings):
    embeddings.save(tmp_path / "both.safetensors")
    n = len(embeddings)
    np.save(tmp_path / "audio.npy", np.eye(n, 3))
    found = load_views([tmp_path / "both.safetensors", tmp_path / "audio.npy"])
    assert list(found.views) == [*embeddings.views, "audio"]
    assert isinstance(found.views["audio"], np.memmap)
    np.testing.assert_array_equal(found.labels, embeddings.labels)
    assert found.captions == embeddings.captions
    assert found.made["sources"][-1] == str(tmp_path / "audio.npy")
    (tmp_path / "other").mkdir()
    np.save(tmp_path / "other" / "audio.npy", np.eye(n, 3))
    twice = load_views([tmp_path / "audio.npy", tmp_path / "other" / "audio.npy"])
    assert list(twice.views) == ["audio-0", "audio-1"]


def test_views_that_do_not_fit_name_their_files(tmp_path):
    np.save(tmp_path / "a.npy", np.eye(3))
    np.save(tmp_path / "b.npy", np.eye(2))
    np.save(tmp_path / "c.npy", np.float64(1))
    with pytest.raises(RecordError, match=r"a.npy has 3 rows but .*b.npy has 2"):
        load_views([tmp_path / "a.npy", tmp_path / "b.npy"])
    with pytest.raises(RecordError, match=r"c.npy has shape \(\)"):
        load_views([tmp_path / "a.npy", tmp_path / "c.npy"])


def test_values_of_rows_from_text_json_and_arrays(tmp_path):
    (tmp_path / "l.txt").write_text("cat\ndog\n", encoding="utf-8")
    (tmp_path / "l.json").write_text('["cat", "dog"]')
    np.save(tmp_path / "l.npy", np.array(["cat", "dog"]))
    np.savez(tmp_path / "l.npz", np.array(["cat", "dog"]))
    for suffix in (".txt", ".json", ".npy", ".npz"):
        assert load_values(tmp_path / f"l{suffix}").tolist() == ["cat", "dog"]
    (tmp_path / "o.json").write_text("{}")
    with pytest.raises(RecordError, match="not a JSON list"):
        load_values(tmp_path / "o.json")
    with pytest.raises(RecordError, match="does not exist"):
        load_values(tmp_path / "absent.txt")
    np.savez(tmp_path / "two.npz", a=np.eye(2), b=np.eye(2))
    with pytest.raises(RecordError, match="holds 2 arrays"):
        load_values(tmp_path / "two.npz")
