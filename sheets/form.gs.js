// Conso-locale : construit le formulaire et la feuille. Texte généré par « python -m sheets form ».
//
// Dans une feuille de calcul Google neuve : menu Extensions → Apps Script ; effacez ce qui s'y trouve, collez tout ce texte,
// enregistrez, choisissez la fonction « installer », cliquez sur Exécuter, autorisez. Puis revenez à la feuille.
// Relancer « installer » ne change rien à ce que l'on a rempli : ce qui manque est ajouté, rien n'est supprimé ni renommé.

/**
 * @typedef {{title: string, keys: string[], help: string, required: boolean, item: "text"|"paragraph"|"date"|"list"|"buttons"|"boxes",
 *   choices?: string[], other?: boolean, longest?: number, pattern?: string, email?: boolean, wrong?: string}} Question
 * @typedef {{header: string, keys: string[], added: boolean, note: string, digits: boolean, check?: "box"|"number"|"date"|"choice",
 *   least?: number, most?: number, choices?: string[], advice?: string}} Column
 * @typedef {{name: string, keys: string[], columns: Column[]}} Tab
 * @typedef {{header: string, keys: string[], value: string|number, note: string, address: boolean}} Setting
 * @typedef {{form: {title: string, description: string, confirmation: string}, questions: Question[], responses: Tab, mag: Tab,
 *   suivi: Tab, signalements: Tab, reglages: Tab, settings: Setting[], blocking: string[][], stamp: string, tick: string,
 *   known_by: string[], courrier: Tab, mail: Mail, states: Record<"WAITING"|"ONLINE"|"EDITED"|"WITHDRAWN"|"BLOCKED", {said: string, color: string}>}} Schema
 * @typedef {{settings: Record<string, {header: string, longest: number, needed: string[]}>, blanks: string[], on: string[], off: string[],
 *   consent: string, months: number, a_day: number, longest_name: number, unnamed: string, edit_link: string, grace_minutes: number, link: string, begun: string,
 *   topics: Record<"received"|"online"|"lacking"|"still", string>, headers: Record<"name"|"email"|"consent", string>, questions: string[],
 *   suivi: Record<"stamp"|"name"|"state"|"lacking"|"since"|"verified"|"mark", string>,
 *   mark: {salt: number, id: number, slug: number, duplicate: string}}} Mail
 * @typedef {{added: string[], todo: string[]}} Report What was added, and what is left to people, in French.
 * @typedef {{sheet: GoogleAppsScript.Spreadsheet.Sheet, places: Map<string, number>}} Found A tab, and its columns by our header.
 */

/** @type {Schema} */
const SCHEMA = "@schema";

const FORM_ID = "formulaire";
const PROTECTED = "Conso-locale : en-têtes";
const ON_SUBMIT = "surEnvoi";

/** À lancer une fois, et de nouveau après chaque changement de ce texte. */
function installer() {
  const lock = LockService.getDocumentLock();
  if (!lock.tryLock(1000)) throw new Error("L'installation est déjà en cours : attendez qu'elle se termine.");
  try {
    const spreadsheet = SpreadsheetApp.getActiveSpreadsheet();
    /** @type {Report} */
    const report = { added: [], todo: [] };
    const { form, sheet, fresh } = linkedForm_(spreadsheet, report);
    const responses = columns_(sheet, SCHEMA.responses, report, !fresh);
    const mag = columns_(tab_(spreadsheet, SCHEMA.mag, report), SCHEMA.mag, report);
    const suivi = columns_(tab_(spreadsheet, SCHEMA.suivi, report), SCHEMA.suivi, report);
    const reports = columns_(tab_(spreadsheet, SCHEMA.signalements, report), SCHEMA.signalements, report);
    const reglages = tab_(spreadsheet, SCHEMA.reglages, report);
    if (reglages.getLastRow() === 0) columns_(reglages, SCHEMA.reglages, report);
    settings_(reglages, form.getPublishedUrl(), report);
    checks_(responses, SCHEMA.responses, report);
    checks_(mag, SCHEMA.mag, report);
    checks_(reports, SCHEMA.signalements, report);
    attempt_("la couleur des réponses", report, () => colors_(sheet, responseColors_(responses)));
    attempt_("la couleur de « Suivi »", report, () => colors_(suivi.sheet, suiviColors_(suivi)));
    trigger_(ON_SUBMIT, report, "le déclencheur qui décoche une fiche modifiée", (made) => made.forSpreadsheet(spreadsheet).onFormSubmit());
    trigger_(EVERY_HOUR, report, "le déclencheur qui écrit aux commerçants", (made) => made.timeBased().everyHours(1));
    attempt_("la mémoire du courrier", report, () => ledger_(spreadsheet, reading_(spreadsheet), report));
    askForName_(spreadsheet, sheet, report);
    tell_(spreadsheet, form, report);
  } finally {
    lock.releaseLock();
  }
}

/** Le menu « Conso-locale » de la feuille. */
function onOpen() {
  SpreadsheetApp.getUi().createMenu("Conso-locale").addItem("Installer ou compléter", "installer").addToUi();
}

/**
 * À chaque réponse envoyée ou modifiée : une case à cocher, décochée, et un mot au commerçant. Une réponse modifiée revient sur sa ligne :
 * personne ne l'a relue, sauf si elle est renvoyée telle quelle à qui demandait « toujours exact ? ».
 * @param {GoogleAppsScript.Events.SheetsOnFormSubmit} event
 */
function surEnvoi(event) {
  const sheet = event.range.getSheet();
  const places = places_(sheet, SCHEMA.responses);
  const place = places.get(SCHEMA.tick);
  const row = event.range.getRow();
  if (!place || row < 2) return; // the tab of another form
  const rows = event.range.getNumRows();
  const ticks = sheet.getRange(row, place, rows, 1);
  const [[before]] = ticks.getValues();
  ticks.setValue(false); // first: what follows may fail
  /** @type {Report} */
  const report = { added: [], todo: [] };
  if (rows === 1 && before === true)
    attempt_("la coche d'une fiche confirmée", report, () => void (confirms_(sheet, row) && ticks.setValue(true)));
  for (const column of SCHEMA.responses.columns)
    attempt_(column.header, report, () => check_(sheet, places.get(column.header), column, row, rows));
  attempt_("le courrier", report, courrier);
  report.todo.forEach((one) => console.warn(one));
}

// --- The form ---

/**
 * The form and the tab it writes to: those that are there, else new ones.
 * @param {GoogleAppsScript.Spreadsheet.Spreadsheet} spreadsheet
 * @param {Report} report
 */
function linkedForm_(spreadsheet, report) {
  const linked = spreadsheet.getSheets().find((sheet) => sheet.getFormUrl() && holdsFiches_(sheet));
  if (linked) {
    const form = open_(linked);
    adopt_(form);
    questions_(form, true, report);
    SpreadsheetApp.flush();
    return { form, sheet: linked, fresh: false };
  }
  const form = ownForm_(report);
  questions_(form, false, report);
  spreadsheet.setSpreadsheetLocale("fr_FR"); // before the first answer: 03/08 is a day of August, and the clock is ours
  spreadsheet.setSpreadsheetTimeZone("Europe/Paris");
  const sheet = link_(form, spreadsheet, report);
  report.added.push(`l'onglet « ${sheet.getName()} », où arrivent les réponses`);
  return { form, sheet, fresh: true };
}

/**
 * True for the responses of our form, false for those of a survey that stands in the same spreadsheet.
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 */
function holdsFiches_(sheet) {
  const places = places_(sheet, SCHEMA.responses);
  return SCHEMA.known_by.every((header) => places.has(header));
}

/** @param {GoogleAppsScript.Spreadsheet.Sheet} sheet */
function open_(sheet) {
  try {
    return FormApp.openByUrl(sheet.getFormUrl() || "");
  } catch (cause) {
    throw new Error(
      `Le formulaire lié à l'onglet « ${sheet.getName()} » ne s'ouvre pas avec votre compte : demandez à la personne qui l'a créé ` +
        `de vous en donner la modification, puis relancez « installer ». (${cause})`,
    );
  }
}

/**
 * The form that an interrupted run left, or that was unlinked; else a new one.
 * @param {Report} report
 */
function ownForm_(report) {
  const saved = PropertiesService.getDocumentProperties().getProperty(FORM_ID);
  if (saved) {
    try {
      return FormApp.openById(saved);
    } catch (cause) {
      console.warn(`Le formulaire ${saved} ne s'ouvre plus : un nouveau est créé. (${cause})`);
    }
  }
  const form = FormApp.create(SCHEMA.form.title);
  form.setDescription(SCHEMA.form.description).setConfirmationMessage(SCHEMA.form.confirmation);
  adopt_(form);
  report.added.push("le formulaire");
  return form;
}

/**
 * What a form needs the first time it is ours; later on, its settings are the team's.
 * @param {GoogleAppsScript.Forms.Form} form
 */
function adopt_(form) {
  const properties = PropertiesService.getDocumentProperties();
  if (properties.getProperty(FORM_ID) === form.getId()) return;
  form.setAllowResponseEdits(true);
  if (form.requiresLogin()) form.setRequireLogin(false); // a Workspace account's forms are closed to the public
  publish_(form);
  properties.setProperty(FORM_ID, form.getId());
}

/**
 * Forms made by a script since 2026 are born unpublished; older ones know nothing of it.
 * @param {any} form The type definitions lack these methods.
 */
function publish_(form) {
  if (form.supportsAdvancedResponderPermissions && form.supportsAdvancedResponderPermissions()) form.setPublished(true);
}

/**
 * Adds the questions that are missing, each after the one it follows in the schema.
 * @param {GoogleAppsScript.Forms.Form} form
 * @param {boolean} told Whether each is worth a word.
 * @param {Report} report
 */
function questions_(form, told, report) {
  const items = form.getItems();
  const titles = items.map((item) => key_(item.getTitle()));
  let next = 0;
  for (const question of SCHEMA.questions) {
    const at = titles.findIndex((title) => question.keys.includes(title));
    if (at >= 0) {
      next = at + 1;
      if (told) missingChoices_(form.getItems()[at], question, report);
    } else if (!(question.email && form.collectsEmail())) {
      const from = ask_(form, question).getIndex();
      if (from !== next) form.moveItem(from, next);
      titles.splice(next, 0, key_(question.title));
      next += 1;
      if (told) report.added.push(`la question « ${question.title} »`);
    }
  }
}

/**
 * @param {GoogleAppsScript.Forms.Form} form
 * @param {Question} question
 */
function ask_(form, question) {
  const item = item_(form, question);
  item.setTitle(question.title).setHelpText(question.help).setRequired(question.required);
  return item;
}

/**
 * @param {GoogleAppsScript.Forms.Form} form
 * @param {Question} question
 */
function item_(form, question) {
  const choices = question.choices || [];
  switch (question.item) {
    case "date":
      return form.addDateItem();
    case "list":
      return form.addListItem().setChoiceValues(choices);
    case "buttons":
      return form.addMultipleChoiceItem().setChoiceValues(choices).showOtherOption(!!question.other);
    case "boxes":
      return form.addCheckboxItem().setChoiceValues(choices).showOtherOption(!!question.other);
    case "paragraph": {
      const item = form.addParagraphTextItem();
      if (question.longest) item.setValidation(longest_(FormApp.createParagraphTextValidation(), question.longest).build());
      return item;
    }
    default: {
      const item = form.addTextItem();
      const validation = FormApp.createTextValidation();
      if (question.longest) item.setValidation(longest_(validation, question.longest).build());
      if (question.email) item.setValidation(validation.setHelpText(question.wrong || "").requireTextIsEmail().build());
      if (question.pattern)
        item.setValidation(validation.setHelpText(question.wrong || "").requireTextMatchesPattern(question.pattern).build());
      return item;
    }
  }
}

/**
 * @template {GoogleAppsScript.Forms.TextValidationBuilder|GoogleAppsScript.Forms.ParagraphTextValidationBuilder} Builder
 * @param {Builder} builder
 * @param {number} longest
 * @returns {Builder}
 */
function longest_(builder, longest) {
  builder.setHelpText(`${longest} caractères au plus.`);
  return /** @type {Builder} */ (builder.requireTextLengthLessThanOrEqualTo(longest));
}

/**
 * Tells the choices that the form does not offer: it may be the team's wish, so none is added.
 * @param {GoogleAppsScript.Forms.Item} item
 * @param {Question} question
 * @param {Report} report
 */
function missingChoices_(item, question, report) {
  const asked = choicesOf_(item);
  const offered = new Set(asked.map(key_));
  const missing = asked.length ? (question.choices || []).filter((choice) => !offered.has(key_(choice))) : [];
  if (missing.length) report.todo.push(`Le formulaire ne propose pas, sous « ${question.title} » : ${missing.join(", ")}.`);
}

/**
 * @param {GoogleAppsScript.Forms.Item} item
 * @returns {string[]}
 */
function choicesOf_(item) {
  const type = item.getType();
  if (type === FormApp.ItemType.LIST) return item.asListItem().getChoices().map((choice) => choice.getValue());
  if (type === FormApp.ItemType.CHECKBOX) return item.asCheckboxItem().getChoices().map((choice) => choice.getValue());
  if (type === FormApp.ItemType.MULTIPLE_CHOICE) return item.asMultipleChoiceItem().getChoices().map((choice) => choice.getValue());
  return [];
}

/**
 * Makes Google create the tab of responses, and waits for it.
 * @param {GoogleAppsScript.Forms.Form} form
 * @param {GoogleAppsScript.Spreadsheet.Spreadsheet} spreadsheet
 * @param {Report} report
 */
function link_(form, spreadsheet, report) {
  const before = new Set(spreadsheet.getSheets().map((sheet) => sheet.getSheetId()));
  form.setDestination(FormApp.DestinationType.SPREADSHEET, spreadsheet.getId());
  for (let tries = 0; tries < 20; tries++) {
    SpreadsheetApp.flush();
    const sheet = SpreadsheetApp.openById(spreadsheet.getId()).getSheets().find((one) => !before.has(one.getSheetId()));
    if (sheet && holdsFiches_(sheet)) return dressed_(spreadsheet, sheet, report);
    Utilities.sleep(500);
  }
  throw new Error("Google n'a pas encore créé l'onglet des réponses : relancez « installer » dans une minute.");
}

/**
 * A tab that was just made: a name that the site knows, and digits that keep their zeros.
 * @param {GoogleAppsScript.Spreadsheet.Spreadsheet} spreadsheet
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {Report} report
 */
function dressed_(spreadsheet, sheet, report) {
  const { name, keys, columns } = SCHEMA.responses;
  if (!spreadsheet.getSheets().some((one) => keys.includes(key_(one.getName())))) sheet.setName(name);
  const places = places_(sheet, SCHEMA.responses);
  for (const column of columns) {
    const place = places.get(column.header);
    if (column.digits && place)
      attempt_(`la mise en texte de « ${column.header} »`, report, () =>
        sheet.getRange(2, place, sheet.getMaxRows() - 1, 1).setNumberFormat("@"),
      );
  }
  return sheet;
}

// --- The tabs ---

/**
 * @param {GoogleAppsScript.Spreadsheet.Spreadsheet} spreadsheet
 * @param {Tab} tab
 * @param {Report} report
 */
function tab_(spreadsheet, tab, report) {
  const sheets = spreadsheet.getSheets();
  const found = sheets.find((sheet) => tab.keys.includes(key_(sheet.getName())));
  if (found) return found;
  report.added.push(`l'onglet « ${tab.name} »`);
  return spreadsheet.insertSheet(tab.name, sheets.length);
}

/**
 * Adds the missing headers at the right, notes and the header's looks; leaves alone a tab whose line 1 holds something else.
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {Tab} tab
 * @param {Report} report
 * @param {boolean} told Whether each new column is worth a word.
 * @returns {Found}
 */
function columns_(sheet, tab, report, told = sheet.getLastRow() > 0) {
  const places = places_(sheet, tab);
  if (!places.size && sheet.getLastRow() > 0) {
    report.todo.push(`L'onglet « ${sheet.getName()} » n'a pas ses en-têtes en ligne 1 : remettez-les, puis relancez « installer ».`);
    return { sheet, places };
  }
  for (const column of tab.columns) {
    if (column.added && !places.has(column.header)) {
      places.set(column.header, addHeader_(sheet, column.header));
      if (told) report.added.push(`la colonne « ${column.header} » de « ${sheet.getName()} »`);
    }
    const place = places.get(column.header);
    if (place && column.note) note_(sheet.getRange(1, place), column.note);
  }
  if (sheet.getFrozenRows() === 0) sheet.setFrozenRows(1);
  protect_(sheet);
  return { sheet, places };
}

/**
 * The column of each known header of line 1, from 1. Of a doubled header, the first.
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {Tab} tab
 * @returns {Map<string, number>}
 */
function places_(sheet, tab) {
  const last = sheet.getLastColumn();
  const keys = last ? sheet.getRange(1, 1, 1, last).getValues()[0].map(key_) : [];
  /** @type {Map<string, number>} */
  const places = new Map();
  for (const column of tab.columns) {
    const place = keys.findIndex((key) => column.keys.includes(key)) + 1;
    if (place) places.set(column.header, place);
  }
  return places;
}

/**
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {string} header
 */
function addHeader_(sheet, header) {
  const place = sheet.getLastColumn() + 1;
  if (place > sheet.getMaxColumns()) sheet.insertColumnAfter(sheet.getMaxColumns());
  sheet.getRange(1, place).setValue(header).setFontWeight("bold");
  return place;
}

/**
 * @param {GoogleAppsScript.Spreadsheet.Range} cell
 * @param {string} note
 */
function note_(cell, note) {
  if (!cell.getNote()) cell.setNote(note);
}

/**
 * A warning before a header is changed by accident.
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 */
function protect_(sheet) {
  const protections = sheet.getProtections(SpreadsheetApp.ProtectionType.RANGE);
  if (protections.some((one) => one.getDescription() === PROTECTED)) return;
  sheet.getRange(1, 1, 1, sheet.getMaxColumns()).protect().setDescription(PROTECTED).setWarningOnly(true);
}

/**
 * Adds the keys of «Réglages» that are missing, with their defaults, and the form's address where none is written.
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {string} address
 * @param {Report} report
 */
function settings_(sheet, address, report) {
  const last = sheet.getLastRow();
  const keys = sheet.getRange(1, 1, last || 1, 1).getValues().map(([key]) => key_(key));
  const row = (/** @type {Setting} */ setting) => keys.findIndex((key) => setting.keys.includes(key)) + 1;
  const missing = SCHEMA.settings.filter((setting) => !row(setting));
  if (missing.length) {
    const short = last + missing.length - sheet.getMaxRows();
    if (short > 0) sheet.insertRowsAfter(sheet.getMaxRows(), short);
    sheet.getRange(last + 1, 1, missing.length, 2).setValues(missing.map((setting) => [setting.header, setting.value]));
    keys.splice(last, keys.length, ...missing.map((setting) => key_(setting.header)));
    if (last > 1) report.added.push(...missing.map((setting) => `le réglage « ${setting.header} »`));
  }
  for (const setting of SCHEMA.settings) {
    note_(sheet.getRange(row(setting), 1), setting.note);
    const value = sheet.getRange(row(setting), 2);
    if (setting.address && value.isBlank()) value.setValue(address);
  }
}

// --- Checks and colours ---

/**
 * @param {Found} found
 * @param {Tab} tab
 * @param {Report} report
 */
function checks_({ sheet, places }, tab, report) {
  const form = Boolean(sheet.getFormUrl());
  for (const column of tab.columns) {
    // Under a form, boxes stand only beside answers; the trigger brings the next ones.
    const last = form && column.check === "box" ? sheet.getLastRow() : sheet.getMaxRows();
    attempt_(`la vérification de « ${column.header} »`, report, () => check_(sheet, places.get(column.header), column, 2, last - 1));
  }
}

/**
 * Does what is a comfort and no more. Google refuses formats and checks in the typed columns of its tables, which a tab may be.
 * @param {string} what
 * @param {Report} report
 * @param {() => void} step
 */
function attempt_(what, report, step) {
  try {
    step();
    SpreadsheetApp.flush(); // else the refusal comes later, elsewhere
  } catch (cause) {
    report.todo.push(`${what} n'a pas pu être posée par le script (${cause}).`);
  }
}

/**
 * Checks the cells that are not checked yet. Never writes a value: `insertCheckboxes` would untick what is ticked.
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {number|undefined} place
 * @param {Column} column
 * @param {number} first
 * @param {number} count
 */
function check_(sheet, place, column, first, count) {
  if (!column.check || !place || count < 1) return;
  const range = sheet.getRange(first, place, count, 1);
  const present = range.getDataValidations();
  if (present.every(([rule]) => rule)) return;
  const ours = rule_(column);
  range.setDataValidations(present.map(([rule]) => [rule || ours]));
}

/** @param {Column} column */
function rule_(column) {
  const builder = SpreadsheetApp.newDataValidation().setAllowInvalid(true);
  if (column.advice) builder.setHelpText(column.advice);
  if (column.check === "box") return builder.requireCheckbox().build();
  if (column.check === "date") return builder.requireDate().build();
  if (column.check === "choice") return builder.requireValueInList(column.choices || [], true).build();
  return builder.requireNumberBetween(column.least || 0, column.most || 0).build();
}

/**
 * Waiting, online, blocked, from the tick and the row itself, for «Suivi» is empty where the site may only read.
 * Operators only: names of functions and separators of arguments depend on the spreadsheet's language.
 * @param {Found} found
 */
function responseColors_({ sheet, places }) {
  const [stamp, approved] = [SCHEMA.stamp, SCHEMA.tick].map((header) => places.get(header));
  if (!stamp || !approved) return [];
  const cell = (/** @type {number} */ place) => `$${letters_(place)}2`;
  const ticked = `(${cell(approved)}=(1=1))`;
  const groups = SCHEMA.blocking
    .map((headers) => headers.flatMap((header) => places.get(header) || []))
    .filter((group) => group.length)
    .map((group) => `(${group.map((place) => `(${cell(place)}<>"")`).join("+")}>0)`);
  const whole = ["1", ...groups].join("*");
  const range = sheet.getRange(2, 1, sheet.getMaxRows() - 1, sheet.getLastColumn());
  return [
    { color: SCHEMA.states.BLOCKED.color, range, formula: `=${ticked}*(1-${whole})>0` },
    { color: SCHEMA.states.ONLINE.color, range, formula: `=${ticked}*${whole}>0` },
    { color: SCHEMA.states.WAITING.color, range, formula: `=(${cell(stamp)}<>"")*(1-${ticked})>0` },
  ];
}

/** @param {Found} found */
function suiviColors_({ sheet, places }) {
  const place = places.get("état");
  if (!place) return [];
  const range = sheet.getRange(2, place, sheet.getMaxRows() - 1, 1);
  return Object.values(SCHEMA.states).map(({ said, color }) => ({ color, range, text: said }));
}

/**
 * Adds the colours that the tab does not know yet; a rule is known again by its colour, for Google moves its cells.
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {{color: string, range: GoogleAppsScript.Spreadsheet.Range, formula?: string, text?: string}[]} wanted
 */
function colors_(sheet, wanted) {
  const rules = sheet.getConditionalFormatRules();
  const known = rules.map((rule) => (rule.getBooleanCondition()?.getBackground() || "").slice(-6).toLowerCase());
  const missing = wanted.filter(({ color }) => !known.includes(color.slice(-6)));
  if (!missing.length) return;
  const built = missing.map(({ color, range, formula, text }) => {
    const builder = SpreadsheetApp.newConditionalFormatRule().setBackground(color).setRanges([range]);
    return (formula ? builder.whenFormulaSatisfied(formula) : builder.whenTextEqualTo(text || "")).build();
  });
  sheet.setConditionalFormatRules([...rules, ...built]);
}

/**
 * A column's letters, e.g. 28 → `AB`.
 * @param {number} place
 * @returns {string}
 */
function letters_(place) {
  return place ? letters_(Math.floor((place - 1) / 26)) + String.fromCharCode(65 + ((place - 1) % 26)) : "";
}

// --- The end ---

/**
 * @param {string} name
 * @param {Report} report
 * @param {string} what
 * @param {(made: GoogleAppsScript.Script.TriggerBuilder) => {create: () => unknown}} when
 */
function trigger_(name, report, what, when) {
  if (ScriptApp.getProjectTriggers().some((trigger) => trigger.getHandlerFunction() === name)) return;
  when(ScriptApp.newTrigger(name)).create();
  report.added.push(what);
}

/**
 * The site finds the tab of responses by its name: says so where it would find another one, or none.
 * @param {GoogleAppsScript.Spreadsheet.Spreadsheet} spreadsheet
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {Report} report
 */
function askForName_(spreadsheet, sheet, report) {
  const names = spreadsheet.getSheets().map((one) => one.getName());
  const read = SCHEMA.responses.keys.flatMap((key) => names.find((name) => key_(name) === key) || [])[0];
  if (read === sheet.getName()) return;
  const why = read ? `le site lirait l'onglet « ${read} »` : "le site ne le reconnaîtrait pas à son nom";
  report.todo.push(
    `Les réponses arrivent dans « ${sheet.getName()} », mais ${why} : écrivez responses_tab = "${sheet.getName()}" sous [sheet], ` +
      "dans secrets.toml.",
  );
}

/**
 * @param {GoogleAppsScript.Spreadsheet.Spreadsheet} spreadsheet
 * @param {GoogleAppsScript.Forms.Form} form
 * @param {Report} report
 */
function tell_(spreadsheet, form, report) {
  const text = [
    report.added.length ? `Ajouté : ${report.added.join(", ")}.` : "Rien à ajouter : tout était déjà en place.",
    ...report.todo.map((one) => `À voir : ${one}`),
    `Le formulaire : ${form.getPublishedUrl()}`,
  ].join("\n");
  console.log(text);
  spreadsheet.toast(text, "Conso-locale", -1);
}

/**
 * A header, a title or a name as it is compared: the same folding as `header_key` of schema.py.
 * @param {unknown} text
 * @returns {string}
 */
function key_(text) {
  return String(text)
    .toLowerCase()
    .replace(/œ/g, "oe")
    .replace(/æ/g, "ae")
    .replace(/ø/g, "o")
    .replace(/ł/g, "l")
    .replace(/ß/g, "ss")
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "");
}
