"use strict";
// Shows and applies the filter. Without this script, the page is complete but has no filter.
const form = document.getElementById("filter");
if (form) {
  const words = document.getElementById("words");
  const count = document.getElementById("count");
  const choices = [...form.querySelectorAll("select")];
  const rows = [...document.querySelectorAll("li[data-action]")].map((item) => ({
    item, text: `${item.dataset.endpoint} ${item.textContent}`.toLowerCase(),
  }));
  const groups = [...document.querySelectorAll(".group")].filter((group) => group.querySelector("li[data-action]"));
  const sections = [...document.querySelectorAll("main section")].filter((each) => each.querySelector("li[data-action]"));
  const folds = groups.filter((group) => group.localName === "details").map((group) => ({ group, open: group.open }));
  let filtering = false;

  const wanted = (row, sought, chosen) =>
    chosen.every(([facet, value]) => row.item.dataset[facet] === value) && sought.every((word) => row.text.includes(word));

  const hideEmpty = (holders) => {
    for (const holder of holders) holder.hidden = !holder.querySelector("li[data-action]:not([hidden])");
  };

  // Opens all folds while a filter is set. Then restores every fold to the state that the reader chose.
  const unfold = (now) => {
    if (now && !filtering) for (const fold of folds) fold.open = fold.group.open;
    if (now || filtering) for (const fold of folds) fold.group.open = now || fold.open;
    filtering = now;
  };

  const apply = () => {
    const sought = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = choices.filter((choice) => choice.value).map((choice) => [choice.dataset.facet, choice.value]);
    let shown = 0;
    for (const row of rows) {
      const is = wanted(row, sought, chosen);
      if (row.item.hidden === is) row.item.hidden = !is;
      shown += is;
    }
    hideEmpty(groups);
    hideEmpty(sections);
    unfold(sought.length + chosen.length > 0);
    count.textContent = shown === rows.length ? `${rows.length} lines` : `${shown} of ${rows.length} lines`;
  };

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { apply(); words.focus(); }));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, select")) {
      event.preventDefault();
      words.focus();
    }
  });
  apply();
}

// Opens all folds for printing.
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details:not([open])")) {
    fold.open = true;
    addEventListener("afterprint", () => { fold.open = false; }, { once: true });
  }
});
