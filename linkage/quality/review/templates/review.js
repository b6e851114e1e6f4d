"use strict";
(() => {
  const content = JSON.parse(document.getElementById("content").textContent);
  const pairs = content.pairs;
  const at = (id) => document.getElementById(id);
  const WORDS = ["oui", "non", "doute"];
  const MARKS = {
    same: ["=", "identique"], near: ["≈", "proche"], different: ["≠", "différent"],
    one_sided: ["–", "connu d'un seul côté"], absent: ["–", "inconnu des deux côtés"],
  };
  // Decisions by position, not by identifier: what the browser keeps between two sessions names nobody.
  const KEPT = "revue:" + content.version + ":" + content.sample;
  const NAMES = ["source", "id_procedure", "id_affaire"];
  const NARROW = matchMedia("(max-width: 44rem)");
  let decisions = {}, saved = "{}", current = 0, history = [];

  function element(name, options, ...children) {
    const made = document.createElement(name);
    Object.assign(made, options);
    made.append(...children);
    return made;
  }

  function keep() {
    try { localStorage.setItem(KEPT, JSON.stringify({ decisions, saved, current })); } catch { /* not available: the file remains */ }
  }

  function recall() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEPT) || "null");
      if (kept) { decisions = kept.decisions; saved = kept.saved; current = Math.min(kept.current, pairs.length - 1); }
    } catch { /* not available, or not ours */ }
  }

  function say(text) { at("status").textContent = text; }
  const unsaved = () => JSON.stringify(decisions) !== saved;

  function values(lines, side) {
    const cell = element("div", { className: "value " + side });
    if (!lines.length) cell.append(element("p", { className: "none", textContent: "—" }));
    for (const line of lines) cell.append(element("p", { textContent: line }));
    return cell;
  }

  function line(row, persons) {
    const made = element("div", { className: "row " + row.mark + (persons ? "" : " list") });
    made.append(element("div", { className: "label", textContent: row.label }), values(row.left, "left"));
    const cell = element("div");
    if (MARKS[row.mark]) {
      const [sign, word] = MARKS[row.mark];
      const mark = element("span", { className: "mark " + row.mark, textContent: sign, title: word });
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", word);
      cell.append(mark);
    }
    made.append(cell, values(row.right, "right"));
    if (row.hint) made.append(element("div", { className: "hint", textContent: row.hint }));
    return made;
  }

  function waterfall(steps) {
    const svg = at("waterfall"), space = svg.namespaceURI;
    const draw = (name, attributes, text) => {
      const made = document.createElementNS(space, name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      if (text !== undefined) made.textContent = text;
      svg.append(made);
    };
    svg.replaceChildren();
    let sum = 0;
    const bars = steps.map((step) => ({ ...step, from: sum, to: (sum += step.bits) }));
    bars.push({ label: "Poids", found: "somme", bits: sum, from: 0, to: sum, sum: true });
    const ends = bars.flatMap((bar) => [bar.from, bar.to]);
    const low = Math.min(0, ...ends), high = Math.max(0, ...ends), span = high - low || 1;
    // On a phone, words stand above their bar instead of before it.
    const narrow = NARROW.matches;
    const left = narrow ? 0 : 370, width = narrow ? 350 : 460, height = narrow ? 42 : 26, top = 8;
    const above = narrow ? 20 : 5, thick = 16, text = above + 12;
    const x = (bits) => left + 45 + (bits - low) / span * (width - 95);
    svg.setAttribute("viewBox", `0 0 ${left + width} ${top * 2 + height * bars.length}`);
    draw("line", { x1: x(0), x2: x(0), y1: top, y2: top + height * bars.length, class: "zero" });
    bars.forEach((bar, index) => {
      const y = top + index * height, from = Math.min(bar.from, bar.to), to = Math.max(bar.from, bar.to);
      if (narrow) {
        draw("rect", { x: 0, y, width, height: 18, class: "paper" });
        draw("text", { x: 0, y: y + 14 }, `${bar.label} : ${bar.found}`);
      } else {
        draw("text", { x: 0, y: y + text }, bar.label);
        draw("text", { x: 150, y: y + text, class: "soft" }, bar.found.length > 36 ? bar.found.slice(0, 35) + "…" : bar.found);
      }
      draw("rect", { x: x(from), y: y + above, width: Math.max(x(to) - x(from), 1), height: thick, class: bar.sum ? "sum" : bar.bits < 0 ? "minus" : "plus" });
      if (index + 1 < bars.length) draw("line", { x1: x(bar.to), x2: x(bar.to), y1: y + above + thick, y2: y + above + height });
      const sign = bar.bits >= 0.05 ? "+" : bar.bits <= -0.05 ? "−" : "";
      const said = sign + Math.abs(bar.bits).toFixed(1).replace(".", ",");
      const before = bar.bits < 0;
      draw("text", { x: before ? x(from) - 6 : x(to) + 6, y: y + text, "text-anchor": before ? "end" : "start" }, said);
    });
  }

  function show() {
    const pair = pairs[current];
    if (!pair) { at("position").textContent = "Aucune paire dans l'échantillon."; return; }
    at("position").textContent = `Paire ${current + 1} sur ${pairs.length}`;
    at("groups").replaceChildren(...pair.groups.map((group) => {
      const made = element("section", { className: "group" }, element("h3", { textContent: group.title }));
      for (const row of group.rows) made.append(line(row, group.title === "Personnes"));
      return made;
    }));
    waterfall(pair.steps);
    count();
  }

  function count() {
    const said = Object.values(decisions).map(([word]) => word);
    const number = (word) => said.filter((other) => other === word).length;
    at("counts").textContent = `${said.length} / ${pairs.length} · ${WORDS.map((word) => `${number(word)} ${word}`).join(" · ")}`;
    at("done").style.width = pairs.length ? `${100 * said.length / pairs.length}%` : "0";
    at("bar").setAttribute("aria-valuemax", pairs.length);
    at("bar").setAttribute("aria-valuenow", said.length);
    const here = decisions[current] ? decisions[current][0] : "";
    at("decided").textContent = here ? `: ${here}` : "";
    for (const button of document.querySelectorAll(".answer")) {
      button.setAttribute("aria-pressed", String(button.dataset.decision === here));
    }
    document.title = document.title.replace(/^\* /, "").replace(/^/, unsaved() ? "* " : "");
  }

  function go(index) {
    if (index < 0 || index >= pairs.length) return;
    current = index;
    // Folded again for each pair: the records are judged first, what the model says of them is asked for.
    at("evidence").open = false;
    keep();
    show();
    scrollTo({ top: 0 });
  }

  function decide(word) {
    if (!pairs.length) return;
    if (decisions[current] && decisions[current][0] === word) {
      delete decisions[current];
      say("Décision retirée.");
    } else {
      decisions[current] = [word, new Date().toISOString()];
      history.push(current);
      say(`Paire ${current + 1} : ${word}.`);
      if (at("advance").checked && current + 1 < pairs.length) { go(current + 1); return; }
      if (Object.keys(decisions).length === pairs.length) say("Toutes les paires sont décidées : enregistrez le fichier.");
    }
    keep();
    count();
  }

  function undo() {
    const last = history.pop();
    if (last === undefined) return;
    delete decisions[last];
    go(last);
    say(`Décision de la paire ${last + 1} retirée.`);
  }

  function waiting() {
    for (let step = 1; step <= pairs.length; step += 1) {
      const index = (current + step) % pairs.length;
      if (!decisions[index]) { go(index); return; }
    }
    say("Toutes les paires sont décidées.");
  }

  function save() {
    const entries = Object.keys(decisions).map(Number).sort((a, b) => a - b).map((index) => ({
      ...Object.fromEntries(NAMES.map((name) => [name, pairs[index][name]])),
      decision: decisions[index][0], when: decisions[index][1],
    }));
    const file = { format: content.format, version: content.version, sample: content.sample, decisions: entries };
    const url = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1)], { type: "application/json" }));
    element("a", { href: url, download: `decisions-${content.version}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
    saved = JSON.stringify(decisions);
    keep();
    count();
    say(`${entries.length} décisions enregistrées dans decisions-${content.version}.json (zone restreinte).`);
  }

  function load(text) {
    let file;
    try { file = JSON.parse(text); } catch { say("Fichier refusé : ce n'est pas du JSON."); return; }
    if (!file || file.format !== content.format || !Array.isArray(file.decisions)) { say("Fichier refusé : ce n'est pas un fichier de décisions."); return; }
    if (file.version !== content.version || file.sample !== content.sample) { say("Fichier refusé : il porte sur une autre version ou un autre échantillon."); return; }
    const place = new Map(pairs.map((pair, index) => [JSON.stringify(NAMES.map((name) => pair[name])), index]));
    let taken = 0, unknown = 0;
    for (const entry of file.decisions) {
      const index = entry ? place.get(JSON.stringify(NAMES.map((name) => entry[name]))) : undefined;
      if (index === undefined || !WORDS.includes(entry.decision) || Number.isNaN(Date.parse(entry.when))) { unknown += 1; continue; }
      if (decisions[index] && Date.parse(decisions[index][1]) > Date.parse(entry.when)) continue;
      decisions[index] = [entry.decision, entry.when];
      taken += 1;
    }
    keep();
    waiting();
    count();
    say(`${taken} décisions reprises${unknown ? `, ${unknown} entrées ignorées` : ""}.`);
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); save(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = {
      1: () => decide("oui"), 2: () => decide("non"), 3: () => decide("doute"), n: waiting, Backspace: undo,
      ArrowLeft: () => go(current - 1), ArrowRight: () => go(current + 1),
      e: () => { at("evidence").open = !at("evidence").open; }, "?": () => { at("help").open = !at("help").open; },
    };
    // On a keyboard of the French kind, digits are shifted: the key counts, not the sign it gives.
    const digit = /^(?:Digit|Numpad)([123])$/.exec(event.code || "");
    const move = digit ? moves[digit[1]] : moves[event.key];
    if (move && !event.repeat) { event.preventDefault(); move(); }
  });
  for (const button of document.querySelectorAll(".answer")) button.addEventListener("click", () => decide(button.dataset.decision));
  at("previous").addEventListener("click", () => go(current - 1));
  at("next").addEventListener("click", () => go(current + 1));
  at("save").addEventListener("click", save);
  at("file").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) load(await file.text());
    event.target.value = "";
  });
  addEventListener("beforeunload", (event) => { if (unsaved()) event.preventDefault(); });
  NARROW.addEventListener("change", show);
  recall();
  show();
})();
