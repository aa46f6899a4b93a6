"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = Object.fromEntries(data.columns.map((name, k) => [name, k]));
  const isWord = (name) => !["id", "value", "seeds", "low", "high", "cases"].includes(name);
  const get = (row, name) => (isWord(name) ? data.words[row[at[name]]] : row[at[name]]);
  const byId = new Map(data.rows.map((row) => [row[at.id], row]));
  const FIRST = 200;
  const shortly = (value, unit) => {
    if (value === null) return "–";
    const size = Math.abs(value);
    const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2) : String(Number(value.toPrecision(3)));
    return unit && unit !== "1" ? `${text} ${unit}` : text;
  };
  const targetText = (row) => (data.targets[get(row, "target")] || { text: "" }).text;
  const element = (tag, text, attributes = {}) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  // Sorting: a header is a button; numbers sort as numbers, and empty cells come last both ways.
  const compare = (a, b, sign) => {
    const [none, nothing] = [a === "" || a === null, b === "" || b === null];
    if (none || nothing) return none - nothing;
    const [x, y] = [Number(a), Number(b)];
    if (!Number.isNaN(x) && !Number.isNaN(y)) return sign * (x - y);
    return sign * String(a).localeCompare(String(b), "en", { numeric: true });
  };
  const makeSortable = (head, sort) => {
    [...head.cells].forEach((cell, column) => {
      const button = element("button", cell.textContent, { type: "button" });
      cell.replaceChildren(button);
      button.addEventListener("click", () => {
        const ascending = cell.getAttribute("aria-sort") !== "ascending";
        [...head.cells].forEach((other) => other.removeAttribute("aria-sort"));
        cell.setAttribute("aria-sort", ascending ? "ascending" : "descending");
        sort(column, ascending ? 1 : -1);
      });
    });
  };
  document.querySelectorAll("table.sortable").forEach((table) => {
    makeSortable(table.tHead.rows[0], (column, sign) => {
      const key = (row) => row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();
      const rows = [...table.tBodies[0].rows].sort((a, b) => compare(key(a), key(b), sign));
      table.tBodies[0].append(...rows);
    });
  });

  // The table of all records: filled from the data, the first rows at once and the rest on demand.
  const columns = [
    ["verdict", (row) => get(row, "verdict")], ["suite", (row) => get(row, "suite")], ["number", (row) => get(row, "metric")],
    ["case", (row) => get(row, "case")], ["of", (row) => get(row, "subject")], ["value", (row) => get(row, "value")],
    ["target", targetText], ["worst at", (row) => get(row, "worst")], ["message", (row) => get(row, "message")],
  ];
  const all = document.getElementById("all");
  const search = document.getElementById("search");
  const verdict = document.getElementById("verdict");
  const suite = document.getElementById("suite");
  const more = document.getElementById("more");
  let order = data.rows, everything = false, texts = null;
  columns.forEach(([name]) => all.tHead.rows[0].append(element("th", name, { scope: "col" })));
  const line = (row) => {
    const made = element("tr", undefined, { class: get(row, "verdict") });
    columns.forEach(([name, value]) => {
      const cell = element("td");
      if (name === "verdict") {
        const word = value(row) === "not-determined" ? "n/d" : value(row).replaceAll("-", " ");
        const control = { pass: "missed, as it must", fail: "met, but must miss" };
        const said = get(row, "expected") === "miss" ? (control[value(row)] ?? word) : word;
        cell.append(element("span", said, { class: `badge ${value(row)}` }));
      } else if (name === "value") {
        cell.className = "num";
        cell.append(element("a", shortly(value(row), get(row, "unit")), { href: `#${get(row, "id")}` }));
      } else {
        cell.textContent = value(row);
        if (name === "target") cell.className = "num";
        if (name === "of") cell.className = "who";
      }
      made.append(cell);
    });
    return made;
  };
  const textOf = (row) => ["suite", "metric", "case", "subject", "verdict", "worst", "message", "note"].map((n) => get(row, n)).join(" ").toLowerCase();
  const show = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length && !texts) texts = new Map(data.rows.map((row) => [row, textOf(row)]));
    const chosen = order.filter((row) => (!verdict.value || get(row, "verdict") === verdict.value)
      && (!suite.value || get(row, "suite") === suite.value) && words.every((word) => texts.get(row).includes(word)));
    const part = everything ? chosen : chosen.slice(0, FIRST);
    all.tBodies[0].replaceChildren(...part.map(line));
    more.hidden = part.length === chosen.length;
    document.getElementById("shown").textContent = `${part.length} of ${chosen.length} shown, ${data.rows.length} in all`;
  };
  makeSortable(all.tHead.rows[0], (column, sign) => {
    order = [...data.rows].sort((a, b) => compare(columns[column][1](a), columns[column][1](b), sign));
    show();
  });
  let waiting = 0;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(show, 120); });
  [verdict, suite].forEach((choice) => choice.addEventListener("change", show));
  more.addEventListener("click", () => { everything = true; show(); });
  show();

  // One record in full, at its own address (#r12).
  const dialog = document.getElementById("record");
  const open = () => {
    const row = byId.get(location.hash.slice(1));
    if (!row) return;
    document.getElementById("record-title").textContent = `${get(row, "metric")}: ${shortly(get(row, "value"), get(row, "unit"))}`;
    const list = element("dl");
    const add = (name, value, block) => {
      if (value === "" || value === null || value === undefined || value === 0) return;
      const pair = element("div"), detail = element("dd");
      detail.append(block ? element("pre", value) : value);
      pair.append(element("dt", name), detail);
      list.append(pair);
    };
    const target = data.targets[get(row, "target")];
    add("record", get(row, "id"));
    add("verdict", get(row, "verdict") + (get(row, "expected") === "miss" ? " (control: must miss)" : ""));
    add("case", get(row, "case"));
    add("subject", get(row, "subject"));
    add("reference", get(row, "reference"));
    add("value", get(row, "value") === null ? "none" : `${get(row, "value")} ${get(row, "unit") === "1" ? "" : get(row, "unit")}`);
    if (target) add(target.kind === "goal" ? "goal" : "target", `${target.text} (${target.source}: ${target.reason})`);
    const low = get(row, "low"), high = get(row, "high");
    if (low !== null) add("interval", `${shortly(low, get(row, "unit"))} … ${shortly(high, get(row, "unit"))} (${get(row, "interval")})`);
    add("cases", get(row, "cases"));
    add("worst at", get(row, "worst"));
    add("message", get(row, "message"));
    if (get(row, "note") !== get(row, "message")) add("note", get(row, "note"));
    add("seeds", get(row, "seeds"));
    add("measured", get(row, "measured"));
    add("repeat with", get(row, "command"), true);
    for (const side of ["subject", "reference"]) {
      const source = data.provenance[get(row, `${side}_provenance`)];
      if (source) add(`provenance of the ${side}`, JSON.stringify(source, null, 1), true);
    }
    document.getElementById("record-body").replaceChildren(list);
    if (!dialog.open) dialog.showModal();
  };
  dialog.addEventListener("close", () => history.replaceState(null, "", location.pathname + location.search));
  addEventListener("hashchange", open);
  open();
  addEventListener("beforeprint", () => document.querySelectorAll("details.unmet").forEach((detail) => { detail.open = true; }));
})();
