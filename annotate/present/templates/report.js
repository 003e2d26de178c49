(() => {
  "use strict";
  const all = (query, within = document) => [...within.querySelectorAll(query)];
  const made = (tag, attributes = {}, ...inside) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...inside);
    return element;
  };
  document.documentElement.classList.add("js");

  // Tables: cards on a telephone (each cell with its heading), rows in another order on request.
  const number = text => parseFloat(text.replaceAll(",", "").replace("−", "-"));
  for (const table of all("table")) {
    const heads = all("thead th", table);
    table.setAttribute("role", "table");
    for (const part of all("thead, tbody", table)) part.setAttribute("role", "rowgroup");
    for (const row of all("tr", table)) {
      row.setAttribute("role", "row");
      [...row.children].forEach((cell, place) => {
        const head = cell.closest("thead");
        cell.setAttribute("role", head ? "columnheader" : cell.tagName === "TH" ? "rowheader" : "cell");
        if (!head && heads[place]) cell.dataset.label = heads[place].textContent.trim();
      });
    }
    if (all("tbody tr", table).length < 3) continue;
    heads.forEach((head, place) => {
      const button = made("button", { type: "button", class: "sort", title: "Sort by this column" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const value = row => {
          const cell = row.children[place];
          const text = (cell.querySelector(".number") || cell).textContent.trim();
          return Number.isNaN(number(text)) ? text.toLowerCase() : number(text);
        };
        const kept = all("tr.all", body);
        const rows = all("tr:not(.all)", body).map(row => [value(row), row]);
        rows.sort(([a], [b]) => (typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1));
        if (down) rows.reverse();
        body.append(...kept, ...rows.map(([, row]) => row));
      });
    });
  }

  // Charts: the figures of a mark, to the pointer and with the arrow keys.
  const tip = document.getElementById("tip");
  const show = (mark, said) => {
    const place = mark.getBoundingClientRect();
    tip.textContent = said;
    tip.hidden = false;
    tip.style.left = `${Math.max(8, Math.min(place.left, innerWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${place.bottom + 6 + tip.offsetHeight > innerHeight ? place.top - tip.offsetHeight - 6 : place.bottom + 6}px`;
  };
  const hide = () => { tip.hidden = true; };
  for (const chart of all("svg.marks")) {
    const marks = all(".mark", chart);
    const said = marks.map(mark => mark.querySelector("title").textContent);
    marks.forEach((mark, place) => {
      mark.addEventListener("pointerenter", () => show(mark, said[place]));
      mark.addEventListener("pointerleave", hide);
    });
    let at = -1;
    chart.addEventListener("keydown", event => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (event.key === "Escape") hide();
      if (!step || !marks.length) return;
      event.preventDefault();
      at = (at + step + marks.length) % marks.length;
      marks.forEach((mark, place) => mark.classList.toggle("now", place === at));
      show(marks[at], said[at]);
    });
    chart.addEventListener("blur", () => { hide(); marks.forEach(mark => mark.classList.remove("now")); });
  }
  addEventListener("scroll", hide, { passive: true });

  // A form that finds: words, and one of the values of each list.
  const finder = (place, name, lists, found) => {
    const words = made("input", { type: "search", placeholder: "Words, names", id: `${name}-words` });
    const chosen = lists.map(([title, values], n) => {
      const select = made("select", { id: `${name}-${n}` }, made("option", { value: "" }, "All"));
      for (const value of values) select.append(made("option", { value }, value));
      return [title, select];
    });
    const told = made("p", { class: "quiet", role: "status" });
    const form = made("form", { class: "finder", role: "search", "aria-label": `Search ${name}` },
      made("label", { for: words.id }, "Search ", words),
      ...chosen.map(([title, select]) => made("label", { for: select.id }, `${title} `, select)), told);
    form.addEventListener("submit", event => event.preventDefault());
    const ask = () => { told.textContent = found(words.value.toLowerCase().split(/\s+/).filter(Boolean), chosen.map(([, select]) => select.value)); };
    form.addEventListener("input", ask);
    place.append(form);
    ask();
  };

  for (const place of all(".find")) {
    const cards = all(place.dataset.finds).map(card => ({ card, text: card.textContent.toLowerCase(), source: card.dataset.source, questions: card.dataset.questions.split("|").filter(Boolean) }));
    if (cards.length < 3) continue;
    const sources = [...new Set(cards.map(one => one.source))].sort();
    const questions = [...new Set(cards.flatMap(one => one.questions))];
    let most = 12, found = [];
    const more = made("button", { type: "button", class: "more" }, "Show all that were found");
    const draw = () => {
      const shown = new Set(found.slice(0, most));
      for (const one of cards) one.card.hidden = !shown.has(one);
      more.hidden = found.length <= most;
    };
    more.addEventListener("click", () => { most = Infinity; draw(); });
    cards[cards.length - 1].card.parentElement.after(more);
    addEventListener("hashchange", () => { most = Infinity; draw(); document.querySelector(location.hash || "x")?.scrollIntoView(); });
    if (location.hash.startsWith("#disagreement-")) most = Infinity;
    addEventListener("beforeprint", () => { most = Infinity; draw(); });
    finder(place, "disagreements", [["Source", sources], ["Question", questions]], (words, [source, question]) => {
      found = cards.filter(one => words.every(word => one.text.includes(word)) && (!source || one.source === source) && (!question || one.questions.includes(question)));
      draw();
      return `${found.length} of ${cards.length} passages`;
    });
  }

  const data = document.getElementById("passages-data");
  if (data) {
    const passages = JSON.parse(data.textContent);
    const place = document.getElementById("passages");
    const list = made("ol", { class: "passages" });
    const more = made("button", { type: "button", class: "more" }, "Show 25 more");
    for (const one of passages) one.words = [one.text, one.source, ...Object.values(one.labels).flat()].join(" ").toLowerCase();
    const questions = [...new Set(passages.flatMap(one => Object.keys(one.labels)))];
    const answers = [...new Set(passages.flatMap(one => Object.entries(one.labels).map(([name, [label]]) => label && `${name}: ${label}`)).filter(Boolean))]
      .sort((a, b) => questions.indexOf(a.split(":")[0]) - questions.indexOf(b.split(":")[0]) || (a < b ? -1 : 1));
    let found = [], shown = 0;
    const draw = () => {
      for (const one of found.slice(shown, shown + 25)) {
        const told = made("dl", { class: "labels" });
        for (const [name, [label, how]] of Object.entries(one.labels)) {
          told.append(made("div", {}, made("dt", {}, name), made("dd", {}, label ?? "not asked", made("small", {}, how ?? ""))));
        }
        list.append(made("li", {}, made("p", { dir: "auto", class: "said" }, one.text), made("p", { class: "from", dir: "auto" }, one.source), told));
      }
      shown = Math.min(shown + 25, found.length);
      more.hidden = shown >= found.length;
    };
    more.addEventListener("click", draw);
    finder(place, "passages", [["Source", [...new Set(passages.map(one => one.source))].sort()], ["Label", answers]], (words, [source, answer]) => {
      found = passages.filter(one => words.every(word => one.words.includes(word)) && (!source || one.source === source)
        && (!answer || Object.entries(one.labels).some(([name, [label]]) => `${name}: ${label}` === answer)));
      list.replaceChildren();
      shown = 0;
      draw();
      return `${found.length} of ${passages.length} passages`;
    });
    place.append(list, more);
    place.hidden = false;
  }

  // The menu says where one is.
  const links = new Map(all("nav a").map(link => [link.getAttribute("href").slice(1), link]));
  const seen = new IntersectionObserver(entries => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-10% 0px -80% 0px" });
  for (const section of all("main > section")) seen.observe(section);
})();
