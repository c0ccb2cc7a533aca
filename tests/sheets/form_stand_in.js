// The Google services that sheets/form.gs.js uses, as far as it uses them and as strict as Google is: a range outside the grid
// throws, `insertCheckboxes` unticks, a linked form adds its columns. Any method that is not here throws.
//
// stdin: [[verb, …], …], see `verbs`; stdout: what stands at the end and at each `keep`, what was said, and why a step failed.
"use strict";
const vm = require("node:vm");
const crypto = require("node:crypto");

let ids = 0;
const plain = (value) => JSON.parse(JSON.stringify(value));

class Rule {
  constructor(said) { this.said = said; }
}
class Builder {
  // A fluent builder: each allowed call is kept under its name.
  constructor(kind, allowed) {
    this.said = { kind };
    for (const name of allowed) this[name] = (...given) => ((this.said[name] = given), this);
  }
  build() { return new Rule(plain({ ...this.said, setRanges: this.said.setRanges?.[0].map((range) => range.getA1Notation()) })); }
}

const letters = (n) => (n ? letters(Math.floor((n - 1) / 26)) + String.fromCharCode(65 + ((n - 1) % 26)) : "");

class Range {
  constructor(sheet, row, column, rows, columns) { Object.assign(this, { sheet, row, column, rows, columns }); }
  getSheet() { return this.sheet; }
  getRow() { return this.row; }
  getNumRows() { return this.rows; }
  getA1Notation() {
    const last = `${letters(this.column + this.columns - 1)}${this.row + this.rows - 1}`;
    const first = `${letters(this.column)}${this.row}`;
    return first === last ? first : `${first}:${last}`;
  }
  grid(read) { return Array.from({ length: this.rows }, (_, r) => Array.from({ length: this.columns }, (_, c) => read(this.cell(r, c), r, c))); }
  cell(r, c) { return this.sheet.cell(this.row + r, this.column + c); }
  getValues() { if (world.unreadable === this.sheet.name) throw new Error("Service Spreadsheets failed"); return this.grid((cell) => cell.value); }
  setValues(values) {
    if (values.length !== this.rows || values.some((row) => row.length !== this.columns)) throw new Error("wrong size");
    this.grid((cell, r, c) => (cell.value = values[r][c]));
    return this;
  }
  setValue(value) { this.grid((cell) => (cell.value = value)); return this; }
  isBlank() { return this.getValues().flat().every((value) => value === ""); }
  getNote() { return this.cell(0, 0).note; }
  setNote(note) { this.cell(0, 0).note = note; return this; }
  setFontWeight(weight) { this.grid((cell) => (cell.weight = weight)); return this; }
  typed() {
    const headers = Array.from({ length: this.columns }, (_, c) => this.sheet.cell(1, this.column + c).value);
    if (headers.some((header) => world.typed.includes(header))) throw new Error("This operation is not allowed on cells in typed columns.");
  }
  setNumberFormat(format) { this.typed(); this.grid((cell) => (cell.format = format)); return this; }
  getDataValidations() { return this.grid((cell) => cell.rule); }
  setDataValidations(rules) { this.typed(); this.grid((cell, r, c) => (cell.rule = rules[r][c])); return this; }
  insertCheckboxes() { this.grid((cell) => { cell.rule = new Rule({ kind: "validation", requireCheckbox: [] }); cell.value = false; }); return this; }
  protect() {
    const made = { range: this.getA1Notation(), description: "", warningOnly: false };
    this.sheet.protections.push(made);
    const protection = {
      setDescription: (text) => ((made.description = text), protection),
      setWarningOnly: (only) => ((made.warningOnly = only), protection),
    };
    return protection;
  }
}

// The script's clock: what the test says, else ours.
class Moment extends Date {
  constructor(...given) { super(...(given.length ? given : [Moment.now()])); }
  static now() { return world.now ?? Date.now(); }
}
const moment = (time) => (typeof time === "string" ? new Moment(time) : time);

class Sheet {
  constructor(name) { Object.assign(this, { name, id: ++ids, cells: [], rows: 1000, columns: 26, frozen: 0, protections: [], colors: [], form: null }); }
  cell(row, column) { return ((this.cells[row] ??= [])[column] ??= { value: "", note: "", rule: null }); }
  filled() { return this.cells.flatMap((row, r) => (row || []).flatMap((cell, c) => (cell && cell.value !== "" ? [[r, c]] : []))); }
  getSheetId() { return this.id; }
  getName() { return this.name; }
  setName(name) { this.name = name; return this; }
  getFormUrl() { return this.form && this.form.editUrl(); }
  getLastRow() { return Math.max(0, ...this.filled().map(([row]) => row)); }
  getLastColumn() { return Math.max(0, ...this.filled().map(([, column]) => column)); }
  getMaxRows() { return this.rows; }
  getMaxColumns() { return this.columns; }
  insertColumnAfter(column) { this.insertColumn(column + 1); return this; }
  insertRowsAfter(row, count) { if (row !== this.rows) throw new Error("only at the end"); this.rows += count; return this; }
  insertColumn(at) { this.columns++; for (const row of this.cells) if (row && row.length > at) row.splice(at, 0, undefined); }
  getRange(row, column, rows = 1, columns = 1) {
    if (![row, column, rows, columns].every((n) => Number.isInteger(n) && n > 0)) throw new Error(`bad range ${[row, column, rows, columns]}`);
    if (row + rows - 1 > this.rows || column + columns - 1 > this.columns) throw new Error("Those rows or columns are out of bounds.");
    return new Range(this, row, column, rows, columns);
  }
  getParent() { return spreadsheet; }
  deleteRow(row) { if (row > this.getLastRow()) throw new Error("out of bounds"); this.cells.splice(row, 1); this.rows--; return this; }
  getFrozenRows() { return this.frozen; }
  setFrozenRows(count) { this.frozen = count; }
  getProtections() { return this.protections.map((one) => ({ getDescription: () => one.description })); }
  getConditionalFormatRules() {
    return this.colors.map((rule) => Object.assign(rule, { getBooleanCondition: () => ({ getBackground: () => rule.said.setBackground[0] }) }));
  }
  setConditionalFormatRules(rules) { this.colors = rules; }
}

class Item {
  constructor(form, type) { Object.assign(this, { form, type, said: { title: "", help: "", required: false } }); }
  getIndex() { return this.form.items.indexOf(this); }
  getTitle() { return this.said.title; }
  getType() { return this.type; }
  setTitle(title) { this.said.title = title; this.form.header(this); return this; }
  setHelpText(help) { this.said.help = help; return this; }
  setRequired(required) { this.said.required = required; return this; }
  setValidation(rule) { this.said.validation = rule.said; return this; }
}
class ChoiceItem extends Item {
  setChoiceValues(values) {
    if (!values.length || values.some((value) => !value)) throw new Error("no choices");
    this.said.choices = [...values];
    return this;
  }
  getChoices() { return this.said.choices.map((value) => ({ getValue: () => value })); }
  asListItem() { return this; }
  asCheckboxItem() { return this; }
  asMultipleChoiceItem() { return this; }
}
class OtherItem extends ChoiceItem {
  showOtherOption(shown) { this.said.other = shown; return this; }
}

class Form {
  constructor(title) { Object.assign(this, { title, id: `form${++ids}`, items: [], settings: {}, sheet: null, headers: new Map(), responses: [] }); }
  editUrl() { return `https://docs.google.com/forms/d/${this.id}/edit`; }
  getId() { return this.id; }
  getItems() { return [...this.items]; }
  getPublishedUrl() { return `https://docs.google.com/forms/d/e/${this.id}/viewform`; }
  set(name, value) { this.settings[name] = value; return this; }
  setDescription(text) { return this.set("description", text); }
  setConfirmationMessage(text) { return this.set("confirmation", text); }
  setAllowResponseEdits(allowed) { return this.set("edits", allowed); }
  requiresLogin() { return this.settings.login ?? true; }
  setRequireLogin(required) { return this.set("login", required); }
  supportsAdvancedResponderPermissions() { return true; }
  setPublished(published) { return this.set("published", published); }
  collectsEmail() { return this.settings.collectsEmail ?? false; }
  add(item) { if (world.budget-- === 0) throw new Error("Exceeded maximum execution time"); this.items.push(item); return item; }
  addTextItem() { return this.add(new Item(this, "TEXT")); }
  addParagraphTextItem() { return this.add(new Item(this, "PARAGRAPH_TEXT")); }
  addDateItem() { return this.add(new Item(this, "DATE")); }
  addListItem() { return this.add(new ChoiceItem(this, "LIST")); }
  addMultipleChoiceItem() { return this.add(new OtherItem(this, "MULTIPLE_CHOICE")); }
  addCheckboxItem() { return this.add(new OtherItem(this, "CHECKBOX")); }
  moveItem(from, to) { this.items.splice(to, 0, ...this.items.splice(from, 1)); }
  setDestination(type, id) {
    if (type !== "SPREADSHEET" || id !== spreadsheet.getId()) throw new Error("bad destination");
    const name = world.tabName ?? "Réponses au formulaire";
    const number = 1 + spreadsheet.sheets.filter((one) => one.name.startsWith(name)).length;
    this.sheet = new Sheet(`${name} ${number}`);
    this.sheet.form = this;
    this.headers = new Map();
    this.sheet.frozen = 1;
    spreadsheet.sheets.unshift(this.sheet);
    this.sheet.cell(1, 1).value = "Horodateur";
    for (const item of this.items) this.header(item);
  }
  // A question has its column for ever, right of the form's other columns: those of people move.
  header(item) {
    if (!this.sheet || !item.said.title) return;
    if (!this.headers.has(item)) {
      const place = this.headers.size + 2;
      if (this.sheet.getLastColumn() >= place) this.sheet.insertColumn(place);
      else if (place > this.sheet.columns) this.sheet.columns = place;
      this.headers.set(item, this.sheet.cell(1, place));
    }
    this.headers.get(item).value = item.said.title;
  }
  getResponses() { return [...this.responses]; }
  // A response stays itself when it is edited; `row` is where it was first written.
  respond(row, answers, time) {
    let response = this.responses.find((one) => one.row === row);
    if (!response) this.responses.push((response = { row, id: `response${++ids}`, answers: {} }));
    Object.assign(response.answers, answers);
    Object.assign(response, {
      getId: () => response.id,
      getTimestamp: () => time,
      getEditResponseUrl: () => `https://docs.google.com/forms/d/e/${this.id}/viewform?edit2=${response.id}`,
      getRespondentEmail: () => response.collected ?? "",
      getItemResponses: () => Object.entries(response.answers).map(([title, value]) => ({ getItem: () => ({ getTitle: () => title }), getResponse: () => value })),
    });
  }
  answer(row, answers, time) {
    const { sheet } = this;
    sheet.cell(row, 1).value = moment(time);
    this.respond(row, answers, moment(time));
    for (const [title, value] of Object.entries(answers)) {
      const at = sheet.cells[1].findIndex((cell) => cell && cell.value === title);
      if (at < 0) throw new Error(`no column ${title}`);
      sheet.cell(row, at).value = value;
    }
    const event = { range: new Range(sheet, row, 1, 1, this.headers.size + 1), values: [], namedValues: {} };
    for (const trigger of world.triggers) if (!trigger.every) world.context[trigger.handler](event);
  }
}

const spreadsheet = {
  sheets: [new Sheet("Feuille 1")],
  getId: () => world.id,
  getSheets: () => [...spreadsheet.sheets],
  insertSheet(name, index) {
    if (spreadsheet.sheets.some((one) => one.name === name)) throw new Error("name taken");
    const sheet = new Sheet(name);
    spreadsheet.sheets.splice(index, 0, sheet);
    return sheet;
  },
  setSpreadsheetLocale: (locale) => (world.locale = locale),
  setSpreadsheetTimeZone: (zone) => (world.zone = zone),
  getSpreadsheetTimeZone: () => world.zone,
  toast: (text) => world.toasts.push(text),
};
const world = { id: "spreadsheet", mails: [], quota: 100, said: [], budget: Infinity, typed: [], forms: [], triggers: [], properties: {}, toasts: [], menus: [], locked: false, locale: "en_US", zone: "America/New_York" };

function form(id) {
  const found = world.forms.find((one) => one.id === id);
  if (!found || found.closed) throw new Error("You do not have permission to access the requested document.");
  return found;
}
const TEXT = ["setHelpText", "requireTextIsEmail", "requireTextMatchesPattern", "requireTextLengthLessThanOrEqualTo"];
const services = {
  Date: Moment,
  console: { log: () => {}, warn: (text) => world.said.push(text) },
  MailApp: {
    getRemainingDailyQuota: () => world.quota,
    sendEmail: (mail) => {
      if (world.quota <= 0) throw new Error("Service invoked too many times for one day: email.");
      if (world.bounce === mail.to) throw new Error(`Invalid email: ${mail.to}`);
      world.quota--;
      world.mails.push(mail);
    },
  },
  LockService: { getDocumentLock: () => ({ tryLock: () => !world.locked && (world.locked = true), releaseLock: () => (world.locked = false) }) },
  PropertiesService: {
    getDocumentProperties: () => ({ getProperty: (key) => world.properties[key] ?? null, setProperty: (key, value) => (world.properties[key] = value) }),
  },
  Utilities: {
    sleep: () => {},
    DigestAlgorithm: { SHA_256: "sha256" },
    Charset: { UTF_8: "utf8" },
    computeDigest: (algorithm, text, charset) => [...new Int8Array(crypto.createHash(algorithm).update(text, charset).digest())],
    formatDate: (date, zone, format) => {
      if (format !== "dd/MM/yyyy HH:mm:ss") throw new Error(`no format ${format}`);
      const parts = new Intl.DateTimeFormat("fr-FR", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).formatToParts(date);
      const part = (type) => parts.find((one) => one.type === type).value;
      return `${part("day")}/${part("month")}/${part("year")} ${part("hour")}:${part("minute")}:${part("second")}`;
    },
  },
  ScriptApp: {
    getProjectTriggers: () => world.triggers.map((one) => ({ getHandlerFunction: () => one.handler })),
    newTrigger: (handler) => ({
      forSpreadsheet: () => ({ onFormSubmit: () => ({ create: () => world.triggers.push({ handler }) }) }),
      timeBased: () => ({ everyHours: (every) => ({ create: () => world.triggers.push({ handler, every }) }) }),
    }),
  },
  FormApp: {
    DestinationType: { SPREADSHEET: "SPREADSHEET" },
    ItemType: { LIST: "LIST", CHECKBOX: "CHECKBOX", MULTIPLE_CHOICE: "MULTIPLE_CHOICE" },
    create: (title) => (world.forms.push(new Form(title)), world.forms.at(-1)),
    openById: form,
    openByUrl: (url) => form(url.split("/")[5]),
    createTextValidation: () => new Builder("text", TEXT),
    createParagraphTextValidation: () => new Builder("paragraph", ["setHelpText", "requireTextLengthLessThanOrEqualTo"]),
  },
  SpreadsheetApp: {
    ProtectionType: { RANGE: "RANGE" },
    flush: () => {},
    getActiveSpreadsheet: () => spreadsheet,
    openById: () => spreadsheet,
    getUi: () => ({
      createMenu: (name) => {
        const menu = { addItem: (label, handler) => (world.menus.push([name, label, handler]), menu), addToUi: () => {} };
        return menu;
      },
    }),
    newDataValidation: () =>
      new Builder("validation", ["setAllowInvalid", "setHelpText", "requireCheckbox", "requireDate", "requireValueInList", "requireNumberBetween"]),
    newConditionalFormatRule: () => new Builder("color", ["setBackground", "setRanges", "whenFormulaSatisfied", "whenTextEqualTo"]),
  },
};

const sheetNamed = (name) => {
  const sheet = spreadsheet.sheets.find((one) => one.name === name);
  if (!sheet) throw new Error(`no tab ${name}`);
  return sheet;
};
const place = (sheet, header) => sheet.cells[1].findIndex((cell) => cell && cell.value === header);
const our = () => world.forms.at(-1);

const verbs = {
  // The pasted text takes the place of the one before.
  paste: (script) => vm.runInContext(script, (world.context = vm.createContext({ ...services }))),
  call: (name, ...given) => world.context[name](...given),
  keys: (texts) => (world.keys = texts.map((text) => world.context.key_(text))),
  write: (name, row, header, value) => (sheetNamed(name).cell(row, place(sheetNamed(name), header)).value = value),
  cell: (name, row, column, value) => (sheetNamed(name).cell(row, column).value = value),
  note: (name, row, column, text) => (sheetNamed(name).cell(row, column).note = text),
  check: (name, row, header, said) => (sheetNamed(name).cell(row, place(sheetNamed(name), header)).rule = new Rule(said)),
  tab: (name) => spreadsheet.sheets.push(new Sheet(name)),
  now: (time) => (world.now = Date.parse(time)),
  lock: () => (world.locked = true),
  unlock: () => (world.locked = false),
  quota: (left) => (world.quota = left),
  bounce: (address) => (world.bounce = address),
  copied: () => (world.id = "copy"),
  unreadable: (name) => (world.unreadable = name),
  // The lines that the site writes in «Suivi», header first.
  suivi: (lines) => lines.forEach((cells, r) => cells.forEach((value, c) => (sheetNamed("Suivi").cell(r + 1, c + 1).value = value))),
  rename: (name, to) => (sheetNamed(name).name = to),
  remove: (name) => (spreadsheet.sheets = spreadsheet.sheets.filter((one) => one.name !== name)),
  // A run that ends when it has asked so many questions, as a catch in the script cannot prevent.
  interrupt: (questions, name) => {
    world.budget = questions;
    try { world.context[name](); } catch (error) { if (!/maximum execution/.test(error.message)) throw error; }
    world.budget = Infinity;
  },
  // The columns that Google made typed columns of a table.
  typed: (...headers) => (world.typed = headers),
  tabName: (name) => (world.tabName = name),
  forbid: () => (our().closed = true),
  setting: (name, value) => (our().settings[name] = value),
  retitle: (from, to) => our().items.find((item) => item.said.title === from).setTitle(to),
  choices: (title, values) => our().items.find((item) => item.said.title === title).setChoiceValues(values),
  // Another form of the same account, linked to the same spreadsheet.
  survey: (titles) => {
    const made = services.FormApp.create("Enquête");
    for (const title of titles) made.addTextItem().setTitle(title);
    made.setDestination("SPREADSHEET", world.id);
  },
  submit: (answers, time) => our().answer(our().sheet.getLastRow() + 1, answers, time),
  edit: (row, answers, time) => our().answer(row, answers, time),
  keep: () => ((world.kept ??= []).push(shown())),
};

function shownSheet(sheet) {
  const rows = sheet.getLastRow();
  const columns = sheet.getLastColumn();
  const grid = (read) => Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (_, c) => read(sheet.cell(r + 1, c + 1))));
  const checks = {};
  for (const [row, cells] of sheet.cells.entries())
    for (const [column, cell] of (cells || []).entries())
      if (cell?.rule) (checks[sheet.cell(1, column).value] ??= []).push([row, cell.rule.said]);
  const formats = [...Array(columns).keys()].filter((c) => sheet.cells[2]?.[c + 1]?.format).map((c) => sheet.cell(1, c + 1).value);
  return {
    name: sheet.name, values: grid((cell) => cell.value), notes: grid((cell) => cell.note), frozen: sheet.frozen, protections: sheet.protections,
    checks: Object.fromEntries(Object.entries(checks).map(([header, found]) => [header, { rows: found.map(([row]) => row), rule: found[0][1] }])),
    colors: sheet.colors.map((rule) => rule.said), plain: formats, form: sheet.form?.id ?? null,
  };
}
const shown = () =>
  plain({
    forms: world.forms.map((one) => ({ id: one.id, title: one.title, settings: one.settings, items: one.items.map((item) => ({ type: item.type, ...item.said })) })),
    sheets: spreadsheet.sheets.map(shownSheet),
    triggers: world.triggers, locale: world.locale, zone: world.zone, menus: world.menus, keys: world.keys,
    mails: world.mails, said: world.said, quota: world.quota,
  });

let text = "";
process.stdin.on("data", (part) => (text += part));
process.stdin.on("end", () => {
  let failed = null;
  try {
    for (const [verb, ...given] of JSON.parse(text)) verbs[verb](...given);
  } catch (error) {
    failed = String(error.message);
  }
  process.stdout.write(JSON.stringify({ ...shown(), kept: world.kept ?? [], toasts: world.toasts, failed }));
});
