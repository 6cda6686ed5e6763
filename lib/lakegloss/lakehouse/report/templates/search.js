// The page's only script: it filters the index as one types, and opens what a link leads to.
// It reads text and sets `hidden` and `open`; it writes no markup and fetches nothing.
(function () {
  "use strict";

  function list(selector, within) {
    return Array.prototype.slice.call((within || document).querySelectorAll(selector));
  }

  function named() {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch (error) {
      return "";  // a link that somebody cut in the middle of a character
    }
  }

  function reveal() {
    var id = named();
    var place = id && document.getElementById(id);
    for (var part = place; part; part = part.parentElement) {
      part.hidden = false;
      if (part.tagName === "DETAILS") { part.open = true; }
    }
    if (place) { place.scrollIntoView(); }
  }
  window.addEventListener("hashchange", reveal);
  reveal();

  var box = document.getElementById("find");
  if (!box) { return; }
  var count = document.getElementById("found");
  var groups = list("details.schema");
  var entries = list("tr[data-search]").map(function (row) {
    var link = row.querySelector("a[href^='#']");
    return {row: row, detail: link && document.getElementById(link.hash.slice(1)), text: null};
  });
  var opened = groups.map(function (group) { return group.open; });

  function text(entry) {
    if (entry.text === null) {
      entry.text = [
        entry.row.textContent,
        entry.row.getAttribute("data-search"),
        entry.detail ? entry.detail.textContent : ""
      ].join(" ").toLowerCase();
    }
    return entry.text;
  }

  function filter() {
    var words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    var found = 0;
    entries.forEach(function (entry) {
      var fits = words.every(function (word) { return text(entry).indexOf(word) >= 0; });
      entry.row.hidden = !fits;
      if (entry.detail) { entry.detail.hidden = !fits; }
      found += fits ? 1 : 0;
    });
    groups.forEach(function (group, place) {
      var some = list("tr[data-search]", group).some(function (row) { return !row.hidden; });
      group.hidden = !some;
      group.open = words.length ? some : opened[place];
    });
    count.textContent = words.length ? found + " of " + entries.length + " tables" : "";
  }

  document.getElementById("search").hidden = false;
  box.addEventListener("input", filter);
  filter();
}());
