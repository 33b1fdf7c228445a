"""Text is escaped; elements are what they say."""

from figures.report.html import Markup, code_block, join, table, tag


def test_text_and_attributes_are_escaped():
    assert tag("p", '<script>"&') == '<p>&lt;script&gt;"&amp;</p>'
    assert tag("a", "x", href='"><script>') == '<a href="&quot;&gt;&lt;script&gt;">x</a>'
    assert tag("p", tag("b", "x")) == "<p><b>x</b></p>"
    assert join("<", Markup("<br>")) == "&lt;<br>"


def test_attributes():
    assert tag("p", class_="a", hidden=True, id=None, title=False) == '<p class="a" hidden></p>'
    assert tag("div", aria_label="x") == '<div aria-label="x"></div>'
    assert tag("img", src="a", alt="b") == '<img src="a" alt="b">'


def test_table_has_headers_with_scope_in_a_box_of_its_own():
    found = table("Results", ("metric", "value"), [("gap", 1.5), ("<", "&")])
    assert found.startswith('<div class="scroll" tabindex="0" role="region" aria-label="Results">')
    assert '<th scope="col">metric</th>' in found
    assert '<th scope="row">gap</th><td>1.5</td>' in found
    assert '<th scope="row">&lt;</th><td>&amp;</td>' in found
    assert "<caption>Results</caption>" in found


def test_code_can_be_reached_with_the_keyboard():
    assert code_block("a < b", "Numbers") == (
        '<pre tabindex="0" role="region" aria-label="Numbers"><code>a &lt; b</code></pre>'
    )
