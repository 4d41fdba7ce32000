// Filters the cases of a report. Without it the page shows them all.
"use strict";

(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const field = (name) => document.getElementById("f-" + name);
  const folded = document.getElementById("passed-list");
  const cases = [...document.querySelectorAll(".case")].map((element) => ({
    element,
    tags: JSON.parse(element.dataset.tags),
    scores: JSON.parse(element.dataset.scores),
    failed: !folded || !folded.contains(element),
    words: null,
  }));

  // A case's words are read when they are first looked for.
  const words = (each) => (each.words ??= each.element.textContent.toLowerCase());

  const apply = () => {
    const asked = field("text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const tag = field("tag").value;
    const score = field("score").value;
    const show = field("show").value;
    const found = { failed: 0, passed: 0 };
    for (const each of cases) {
      const fits =
        (!tag || each.tags.includes(tag)) &&
        (!score || each.scores.includes(score) || each.scores.includes(show + ":" + score)) &&
        (!each.element.dataset.verdicts || show === "all" ||
          each.element.dataset.verdicts.split(" ").includes(show)) &&
        asked.every((word) => words(each).includes(word));
      each.element.hidden = !fits;
      if (fits) found[each.failed ? "failed" : "passed"] += 1;
    }
    if (folded) folded.open = show === "all";
    const of = (kind) => cases.filter((each) => each.failed === (kind === "failed")).length;
    field("count").textContent = folded
      ? `${found.failed} of ${of("failed")} failed and ${found.passed} of ${of("passed")} passed cases fit`
      : `${found.failed} of ${of("failed")} cases fit`;
  };

  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 80);
  });
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());

  for (const button of document.querySelectorAll("[data-tag]")) {
    button.addEventListener("click", () => {
      field("tag").value = button.dataset.tag;
      field("show").value = "all";
      apply();
      form.scrollIntoView();
      field("tag").focus({ preventScroll: true });
    });
  }

  // Paper can't unfold anything.
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("article.case:not([hidden]) details:not([open])")];
    for (const each of unfolded) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of unfolded) each.open = false;
  });

  form.hidden = false;
  apply();
})();
