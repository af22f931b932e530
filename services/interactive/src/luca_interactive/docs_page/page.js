"use strict";
// Shows /openapi.json. Everything becomes text nodes: nothing of the document is ever read as HTML.

const WORDS = {
  en: {
    skip: "Skip to the content", search: "Search", searchHint: "Search  ( / )", filter: "Who may",
    raw: "OpenAPI document", contents: "Endpoints", title: "The API", none: "Nothing here fits your search.",
    everyone: "Every role", found: (n) => (n === 1 ? "1 endpoint" : `${n} endpoints`), may: "Who may",
    request: "Request", copy: "Copy", copied: "Copied", parameters: "Parameters", name: "Name", place: "In",
    what: "What it is", path: "path", query: "query", header: "header", required: "required",
    optional: "not always", body: "Body",
    fields: "Fields", answers: "Answers", nothing: "No body.", problems: "Problems",
    sameAs: (status) => `The body is that of ${status}.`, status: "Status", type: "Type",
    headers: "Headers", failed: "The description could not be read. Reload the page to try again.",
    anything: "anything", listOf: (of) => `list of ${of}`, oneOf: "one of", or: "or", from: "at least", to: "at most",
    chars: "characters", byDefault: "default",
    roles: { teacher: "Teacher", "school-admin": "School administrator", student: "Student", guardian: "Guardian",
      compliance: "Compliance officer" },
  },
  es: {
    skip: "Saltar al contenido", search: "Buscar", searchHint: "Buscar  ( / )", filter: "Quién puede",
    raw: "Documento OpenAPI", contents: "Operaciones", title: "La API", none: "Nada coincide con su búsqueda.",
    everyone: "Todos los roles", found: (n) => (n === 1 ? "1 operación" : `${n} operaciones`), may: "Quién puede",
    request: "Petición", copy: "Copiar", copied: "Copiado", parameters: "Parámetros", name: "Nombre", place: "En",
    what: "Qué es", path: "ruta", query: "consulta", header: "cabecera", required: "obligatorio",
    optional: "no siempre", body: "Cuerpo",
    fields: "Campos", answers: "Respuestas", nothing: "Sin cuerpo.", problems: "Problemas",
    sameAs: (status) => `El cuerpo es el de ${status}.`, status: "Estado",
    type: "Tipo", headers: "Cabeceras", failed: "No se pudo leer la descripción. Recargue la página para reintentar.",
    anything: "cualquier cosa", listOf: (of) => `lista de ${of}`, oneOf: "uno de", or: "o", from: "mínimo",
    to: "máximo", chars: "caracteres", byDefault: "por defecto",
    roles: { teacher: "Docente", "school-admin": "Administración del colegio", student: "Estudiante",
      guardian: "Apoderado", compliance: "Cumplimiento" },
  },
};
const language = navigator.language.toLowerCase().startsWith("es") ? "es" : "en";
const words = WORDS[language];
const PROBLEM = "application/problem+json";

/** Make an element: make("p.note", {id: "x"}, "text", otherElement). */
function make(what, attributes = {}, ...inside) {
  const [tag, ...classes] = what.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...inside.filter((each) => each !== null && each !== undefined));
  return made;
}

/** The description's own texts: paragraphs, and `code` in backquotes. They are English, whatever the page speaks. */
function prose(text) {
  return (text || "").split("\n\n").filter(Boolean).map((paragraph) => make("p", { lang: "en" }, ...inline(paragraph)));
}
function inline(text) {
  return text.split(/(`[^`]+`)/).filter(Boolean)
    .map((part) => (part.startsWith("`") ? make("code", {}, part.slice(1, -1)) : part));
}

function resolve(api, thing) {
  return thing && thing.$ref ? thing.$ref.slice(2).split("/").reduce((at, name) => at[name], api) : thing;
}

/** What a schema allows, in a few words: "text, [A-Za-z0-9_-]{1,64}", "list of Grade", "number or null". */
function typeOf(api, schema) {
  if (!schema || !Object.keys(schema).length) return words.anything;
  if (schema.$ref) {
    const target = resolve(api, schema);
    return target.enum ? typeOf(api, target) : schema.$ref.split("/").pop();
  }
  if (schema.anyOf) return schema.anyOf.map((arm) => typeOf(api, arm)).join(` ${words.or} `);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(` ${words.or} `);
  if (schema.type === "array") return words.listOf(typeOf(api, schema.items));
  return schema.format || schema.type || words.anything;
}
function rulesOf(schema) {
  const given = schema.anyOf ? schema.anyOf.find((arm) => arm.type !== "null") : schema;
  const rules = [];
  if (given.pattern && !given.format) rules.push(given.pattern.replace(/^\^|\$$/g, ""));
  if (given.minimum !== undefined) rules.push(`${words.from} ${given.minimum}`);
  if (given.maximum !== undefined) rules.push(`${words.to} ${given.maximum}`);
  if (given.maxLength !== undefined) rules.push(`${words.to} ${given.maxLength} ${words.chars}`);
  if (given.minItems !== undefined) rules.push(`${words.from} ${given.minItems}`);
  if (given.maxItems !== undefined) rules.push(`${words.to} ${given.maxItems}`);
  if (schema.default !== undefined) rules.push(`${words.byDefault} ${JSON.stringify(schema.default)}`);
  return rules.join(", ");
}

/** The fields of a schema, those of the objects in it after their own: [name, schema, required]. */
function fieldsOf(api, schema, prefix = "", within = []) {
  const target = resolve(api, schema) || {};
  if (within.includes(target)) return [];
  const inner = [...within, target];
  if (target.type === "array") return fieldsOf(api, target.items, `${prefix}[]`, inner);
  if (target.anyOf) return target.anyOf.flatMap((arm) => fieldsOf(api, arm, prefix, inner));
  const found = Object.entries(target.properties || {}).flatMap(([name, field]) => {
    const path = prefix ? `${prefix}.${name}` : name;
    return [[path, field, (target.required || []).includes(name)], ...fieldsOf(api, field, path, inner)];
  });
  const values = target.additionalProperties;
  return values && typeof values === "object" ? [...found, ...fieldsOf(api, values, `${prefix}.*`, inner)] : found;
}

function table(heads, rows, label, kind = "table") {
  return make("div.table", { tabindex: "0", role: "region", "aria-label": label },
    make(kind, {}, make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", {}, ...rows)));
}

function json(value, label) {
  const text = JSON.stringify(value, null, 2);
  const code = make("code");
  for (const [part] of text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[^"\d\-tfn]+|./g)) {
    const kind = part.startsWith('"') ? "text" : /^[-\d]|^(true|false|null)$/.test(part) ? "value" : "";
    const at = code.textContent.length + part.length;
    code.append(kind ? make(`span.json-${kind === "text" && text[at] === ":" ? "name" : kind}`, {}, part) : part);
  }
  return make("pre", { tabindex: "0", role: "region", "aria-label": label }, code);
}

/** Quoted for a shell. */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function curl(api, path, method, operation) {
  const parameters = operation.parameters || [];
  const filled = parameters.filter((each) => each.in === "path")
    .reduce((at, each) => at.replace(`{${each.name}}`, encodeURIComponent(each.example)), path);
  const required = parameters.filter((each) => each.in === "query" && each.required)
    .map((each) => `${each.name}=${encodeURIComponent(each.example ?? "…")}`);
  const url = location.origin + filled + (required.length ? `?${required.join("&")}` : "");
  const lines = [`curl -i${method === "get" ? "" : ` -X ${method.toUpperCase()}`} ${quoted(url)}`,
    '-H "Authorization: Bearer $TOKEN"'];
  const match = parameters.find((each) => each.name === "If-Match");
  const create = parameters.find((each) => each.name === "If-None-Match");
  if (create) lines.push(`-H ${quoted("If-None-Match: *")}`);
  else if (match) lines.push(`-H ${quoted(`If-Match: ${match.example}`)}`);
  for (const [type, content] of Object.entries(operation.requestBody?.content || {})) {
    const text = typeof content.example === "string" ? content.example : JSON.stringify(content.example);
    lines.push(`-H ${quoted(`Content-Type: ${type}`)}`, `--data-binary ${quoted(text)}`);
  }
  return lines.join(" \\\n  ");
}

function command(text, label) {
  const code = make("code", {}, text);
  const button = make("button", { type: "button", "aria-label": `${words.copy}: ${label}` }, words.copy);
  const status = make("span.visually-hidden", { role: "status" });
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = status.textContent = words.copied;
      setTimeout(() => { button.textContent = words.copy; status.textContent = ""; }, 2000);
    } catch {
      getSelection().selectAllChildren(code);
    }
  });
  const shown = make("pre", { tabindex: "0", role: "region", "aria-label": label }, code);
  return make("div.command", {}, shown, button, status);
}

function section(title, ...inside) {
  return make("section", {}, make("h4", {}, title), ...inside);
}

function parametersOf(api, parameters) {
  const rows = parameters.map((each) => make("tr", {},
    make("th", { scope: "row" }, make("code", {}, each.name),
      each.required ? make("span.needed", {}, words.required) : null),
    make("td", {}, words[each.in]),
    make("td", {}, ...(each.description ? [make("span", { lang: "en" }, ...inline(each.description)), " "] : []),
      make("span.rule", {}, typeOf(api, each.schema), rulesOf(each.schema) ? ", " : "",
        rulesOf(each.schema) ? make("code", {}, rulesOf(each.schema)) : null))));
  const heads = [words.name, words.place, words.what];
  return section(words.parameters, table(heads, rows, words.parameters, "table.stacks"));
}

/** Of a request, what must be given is marked; of an answer, what may be missing. */
function fields(api, schema, answer) {
  const rows = fieldsOf(api, schema).map(([name, field, required]) => make("tr", {},
    make("th", { scope: "row" }, make("code", {}, name),
      required === answer ? null : make("span.needed", {}, answer ? words.optional : words.required)),
    make("td", {}, make("span", {}, typeOf(api, field)), described(field),
      rulesOf(field) ? make("span.rule", {}, ", ", make("code", {}, rulesOf(field))) : null)));
  if (!rows.length) return null;
  return make("details.fields", {}, make("summary", {}, `${words.fields} (${rows.length})`),
    table([words.name, words.what], rows, words.fields, "table.stacks"));
}

function described(field) {
  const text = field.description || (field.anyOf || []).map((arm) => arm.description).find(Boolean);
  return text ? make("span.rule", { lang: "en" }, ", ", ...inline(text)) : null;
}

function content(api, all, label, answer = false) {
  return Object.entries(all || {}).flatMap(([type, each]) => {
    const example = each.example === undefined ? null
      : typeof each.example === "string" ? make("pre", { tabindex: "0", role: "region", "aria-label": label },
        make("code", {}, each.example)) : json(each.example, label);
    return [make("p.heads", {}, make("code", {}, type)), example, fields(api, each.schema, answer)];
  });
}

function answersOf(api, responses) {
  const answers = Object.entries(responses).map(([status, answer]) => [status, resolve(api, answer)])
    .filter(([, answer]) => !answer.content?.[PROBLEM]);
  const first = new Map();  // by what it looks like, the status that has shown it
  const body = (status, answer) => {
    if (!answer.content) return [make("p.heads", {}, words.nothing)];
    const looks = JSON.stringify(answer.content);
    if (first.has(looks)) return [make("p.heads", {}, words.sameAs(first.get(looks)))];
    first.set(looks, status);
    return content(api, answer.content, `${words.answers} ${status}`, true);
  };
  return section(words.answers, ...answers.map(([status, answer]) => make("div.answer", {},
    make("div.status", {}, make("strong", {}, status)), ...prose(answer.description), ...body(status, answer),
    answer.headers ? make("p.heads", {}, `${words.headers}: `,
      ...Object.keys(answer.headers).flatMap((name, at) => [at ? ", " : "", make("code", {}, name)])) : null)));
}

function problemsOf(api, responses) {
  const rows = Object.entries(responses).flatMap(([status, answer]) => {
    const examples = resolve(api, answer).content?.[PROBLEM]?.examples || {};
    return Object.entries(examples).map(([name, example]) => make("tr", {},
      make("th", { scope: "row" }, status), make("td", {}, make("code", {}, name)),
      make("td", { lang: "en" }, example.value.title)));
  });
  return make("details.fields", {}, make("summary", {}, `${words.problems} (${rows.length})`),
    table([words.status, words.type, words.what], rows, words.problems));
}

function endpoint(api, path, method, operation) {
  const id = operation.operationId;
  const title = make("h3", {}, ...path.split(/(\{\w+\})/).filter(Boolean)
    .map((part) => (part.startsWith("{") ? make("span.variable", {}, part) : part)));
  const roles = operation["x-roles"].map((role) => make("li", {}, words.roles[role] || role));
  const label = `${method.toUpperCase()} ${path}`;
  const detail = make("div.detail", {});
  const shown = make("details.endpoint", { id },
    make("summary", {}, make(`span.method.${method}`, {}, method.toUpperCase()), title,
      make("span.summary", { lang: "en" }, ...inline(operation.summary))), detail);
  shown.addEventListener("toggle", () => {  // made when it is first looked at
    if (!shown.open || detail.childElementCount) return;
    const body = operation.requestBody;
    detail.append(...prose(operation.description), section(words.may, make("ul.roles", {}, ...roles)),
      section(words.request, command(curl(api, path, method, operation), label)));
    if (operation.parameters) detail.append(parametersOf(api, operation.parameters));
    if (body) detail.append(section(words.body, ...content(api, body.content, words.body).filter(Boolean)));
    detail.append(answersOf(api, operation.responses), problemsOf(api, operation.responses));
  });
  const entry = make("li", {}, make("a", { href: `#${id}` }, make(`span.method.${method}`, {}, shortened(method)),
    make("span", { lang: "en" }, nameOf(id))));
  const text = [path, operation.summary, id, method, ...operation.tags].join(" ").toLowerCase();
  return { shown, entry, text, roles: operation["x-roles"], tag: operation.tags[0] };
}
const shortened = (method) => (method === "delete" ? "DEL" : method.toUpperCase());
const nameOf = (id) => id.replaceAll("_", " ").replace(/^(get|put|post|delete) /, "");

function show(api) {
  document.title = `${api.info.title} API`;
  document.getElementById("about").append(...prose(api.info.description));
  const all = Object.entries(api.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => endpoint(api, path, method, operation)));
  const groups = api.tags.map((tag, at) => {
    const own = all.filter((each) => each.tag === tag.name);
    const heading = `resource-${at}`;
    return {
      own,
      shown: make("section.resource", { "aria-labelledby": heading },
        make("h2", { id: heading, lang: "en" }, tag.name), ...prose(tag.description), ...own.map((each) => each.shown)),
      entry: make("section", {}, make("h2", { lang: "en" }, tag.name),
        make("ul", {}, ...own.map((each) => each.entry))),
    };
  });
  document.getElementById("endpoints").append(...groups.map((group) => group.shown));
  document.querySelector(".contents").append(...groups.map((group) => group.entry));
  filterBy(all, groups);
  openTarget();
}

function filterBy(all, groups) {
  const search = document.getElementById("search");
  const role = document.getElementById("role");
  role.append(make("option", { value: "" }, words.everyone),
    ...Object.entries(words.roles).map(([value, name]) => make("option", { value }, name)));
  const filter = () => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const each of all) {
      const fits = wanted.every((word) => each.text.includes(word)) && (!role.value || each.roles.includes(role.value));
      each.shown.hidden = each.entry.hidden = !fits;
    }
    for (const group of groups) group.shown.hidden = group.entry.hidden = group.own.every((each) => each.shown.hidden);
    const count = all.filter((each) => !each.shown.hidden).length;
    document.getElementById("found").textContent = words.found(count);
    document.getElementById("none").hidden = count > 0;
  };
  search.addEventListener("input", filter);
  role.addEventListener("change", filter);
  search.form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    search.focus();
  });
}

function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  if (!target?.matches(".endpoint")) return;
  if (target.hidden) {  // somebody follows a link to what the search has left out
    const search = document.getElementById("search");
    search.form.reset();
    search.dispatchEvent(new Event("input"));
  }
  target.open = true;
  target.scrollIntoView();
  target.querySelector("summary").focus({ preventScroll: true });
}

function speak() {
  document.documentElement.lang = language;
  const all = (selector) => document.querySelectorAll(selector);
  for (const each of all("[data-text]")) each.textContent = words[each.dataset.text];
  for (const each of all("[data-label]")) each.setAttribute("aria-label", words[each.dataset.label]);
  for (const each of all("[data-placeholder]")) each.placeholder = words[each.dataset.placeholder];
}

async function start() {
  speak();
  const endpoints = document.getElementById("endpoints");
  try {
    const answer = await fetch("/openapi.json");
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    show(await answer.json());
  } catch (error) {
    console.error(error);
    endpoints.append(make("p.failed", { role: "alert" }, words.failed));
  }
  endpoints.setAttribute("aria-busy", "false");
}

addEventListener("hashchange", openTarget);
start();
