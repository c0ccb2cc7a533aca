
// --- The merchants are told ---

/**
 * @typedef {"received"|"online"|"lacking"|"still"} Kind
 * @typedef {{row: number, cells: unknown[], stamp: number, name: string, email: string, agreed: boolean, ticked: boolean, whole: boolean,
 *   state: string, lacking: string[], since: number, verified: number, slug: string, names: string[]}} Fiche
 *   One answer, and what «Suivi» says of this very version of it. Times are wall clocks as milliseconds; 0 for none. `names`: digests by which it is known.
 * @typedef {{kind: Kind, topic: string}} Due What is to be said; never twice the same topic, but for «still».
 * @typedef {{sheet: GoogleAppsScript.Spreadsheet.Sheet, told: Map<string, number>, recent: Map<string, number>}} Ledger
 *   What was said, by digest of the fiche and topic, and when last; messages of the last day by digest of the address.
 * @typedef {{words: (name: string) => string, responses: GoogleAppsScript.Spreadsheet.Sheet, fiches: Fiche[]}} Reading
 */

const EVERY_HOUR = "courrier";
const MOST_AT_ONCE = 50; // a run has six minutes
const LEFT_TO_THE_TEAM = 10; // messages of the day that other scripts of the account may want
const DAY = 86400000;
const PARIS = "Europe/Paris";

/** Chaque heure, et à chaque réponse : écrit aux commerçants ce qu'ils ne savent pas encore. Ce que le quota du jour ne permet pas attend. */
function courrier() {
  const lock = LockService.getDocumentLock();
  if (!lock.tryLock(20000)) return; // somebody else's trigger is at it
  try {
    post_(SpreadsheetApp.getActiveSpreadsheet());
  } finally {
    lock.releaseLock();
  }
}

/** @param {GoogleAppsScript.Spreadsheet.Spreadsheet} spreadsheet */
function post_(spreadsheet) {
  const reading = reading_(spreadsheet);
  const ledger = ledger_(spreadsheet, reading);
  if (!reading || !ledger) return;
  const waiting = reading.fiches.flatMap((fiche) => due_(fiche, ledger, reading).map((due) => ({ fiche, due })));
  if (SCHEMA.mail.off.includes(key_(reading.words("mails")))) {
    noteTold_(ledger, reading.fiches.flatMap((fiche) => standing_(fiche, ledger, reading)));
    return;
  }
  const responses = responses_(reading.responses);
  let left = Math.min(MOST_AT_ONCE, MailApp.getRemainingDailyQuota() - LEFT_TO_THE_TEAM);
  for (const { fiche, due } of waiting) {
    if (left <= 0) break;
    if (send_(fiche, due, ledger, reading, responses)) left--;
  }
}

/**
 * @param {Fiche} fiche
 * @param {Due} due
 * @param {Ledger} ledger
 * @param {Reading} reading
 * @param {(fiche: Fiche) => GoogleAppsScript.Forms.FormResponse|undefined} responses
 * @returns {boolean} Whether one of the day's messages was spent.
 */
function send_(fiche, due, ledger, reading, responses) {
  const { words } = reading;
  const address = words("address").replace(/\/+$/, "");
  if ((due.kind === "online" || due.kind === "still") && !address) return false;
  const to = digest_(fiche.email);
  if ((ledger.recent.get(to) || 0) >= SCHEMA.mail.a_day) return false;
  const response = responses(fiche);
  if (response) fiche.names.push(digest_(`response ${response.getId()}`));
  if (response && due.kind !== "still" && fiche.names.some((name) => ledger.told.has(`${name} ${due.topic}`))) return false;
  if (due.kind === "still" && !response) return false; // nothing to answer with
  const plain = fiche.slug || !leads_(fiche.name);
  /** @type {Record<string, string>} */
  const blanks = {
    nom: (plain && fiche.name.slice(0, SCHEMA.mail.longest_name)) || SCHEMA.mail.unnamed,
    site: words("name"),
    lien: response ? response.getEditResponseUrl() : SCHEMA.mail.edit_link,
    fiche: fiche.slug ? `${address}/fiche?f=${fiche.slug}` : `${address}/`,
    manque: fiche.lacking.map((one) => `- ${one}`).join("\n"),
    contact: words("contact"),
  };
  const fill = (/** @type {string} */ text) => text.replace(/\{ ?(\w*) ?\}/g, (whole, blank) => blanks[key_(blank)] ?? whole);
  const subject = fill(words(`${due.kind}_subject`)).replace(/\s+/g, " ").slice(0, 250);
  const body = fill(words(`${due.kind}_body`));
  const said = due.kind === "still" ? `${due.topic} ${answers_(reading.responses, fiche.cells)}` : due.topic;
  const line = noteTold_(ledger, [{ fiche, topic: said, to }]); // first: it must not leave twice
  SpreadsheetApp.flush();
  const replyTo = words("contact");
  try {
    MailApp.sendEmail({ to: fiche.email, subject, body, name: words("name"), ...(replyTo ? { replyTo } : {}) });
  } catch (cause) {
    // The words of Google may repeat the address. One that is refused is not tried again.
    if (MailApp.getRemainingDailyQuota() > 0) console.warn(`Le message « ${due.topic} » de la ligne ${fiche.row} n'est pas parti.`);
    else ledger.sheet.deleteRow(line);
  }
  return true;
}

/**
 * What is to be said of this fiche now. Nobody hears anything without an address, or whose consent or tick is gone.
 * @param {Fiche} fiche
 * @param {Ledger} ledger
 * @param {Reading} reading
 * @returns {Due[]}
 */
function due_(fiche, ledger, reading) {
  if (!fiche.agreed || !fiche.email) return [];
  const told = (/** @type {string} */ topic) => Math.max(0, ...fiche.names.map((name) => ledger.told.get(`${name} ${topic}`) || 0));
  return calledFor_(fiche).filter(({ kind, topic }) => {
    if (kind === "received") return !told(topic) && !told(SCHEMA.mail.topics.online);
    if (kind === "still") return isTime_(Math.max(fiche.verified, wall_(told(topic))), reading);
    if (kind === "lacking") return !told(topic) && wall_(told(SCHEMA.mail.topics.lacking)) < today_();
    return !told(topic);
  });
}

/**
 * What the state of this fiche calls for, said already or not.
 * @param {Fiche} fiche
 * @returns {Due[]}
 */
function calledFor_(fiche) {
  const { topics, grace_minutes } = SCHEMA.mail;
  const { ONLINE, BLOCKED, WAITING } = SCHEMA.states;
  if (fiche.state === ONLINE.said && fiche.ticked && fiche.slug)
    return [{ kind: "online", topic: topics.online }, { kind: "still", topic: topics.still }];
  if (fiche.state === BLOCKED.said && fiche.ticked && fiche.lacking.length && now_() - fiche.since >= grace_minutes * 60000)
    return [{ kind: "lacking", topic: `${topics.lacking}:${digest_(fiche.lacking.join("\n"))}` }];
  if (!fiche.ticked && fiche.whole && ["", WAITING.said].includes(fiche.state)) return [{ kind: "received", topic: topics.received }];
  return [];
}

/**
 * Whether so many months have passed since that day.
 * @param {number} day
 * @param {Reading} reading
 */
function isTime_(day, reading) {
  const written = parseFloat(reading.words("still_months").replace(",", "."));
  const months = written >= 0 && written <= 120 ? written : SCHEMA.mail.months;
  if (!months || !day) return false;
  const from = new Date(day);
  const whole = Math.floor(months);
  const last = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + whole + 1, 0)).getUTCDate();
  const then = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + whole, Math.min(from.getUTCDate(), last));
  return today_() >= then + Math.round((months - whole) * 30) * DAY;
}

// --- What was told ---

/**
 * The tab «Courrier»; null for a copy of the spreadsheet, which stays silent. Where there is none, all that stands now is noted as told.
 * @param {GoogleAppsScript.Spreadsheet.Spreadsheet} spreadsheet
 * @param {Reading|null} reading
 * @param {Report} report
 * @returns {Ledger|null}
 */
function ledger_(spreadsheet, reading, report = { added: [], todo: [] }) {
  if (!reading) return null;
  const home = digest_(spreadsheet.getId());
  const { courrier, mail } = SCHEMA;
  const found = spreadsheet.getSheets().find((sheet) => courrier.keys.includes(key_(sheet.getName())));
  if (!found) {
    const sheet = columns_(tab_(spreadsheet, courrier, report), courrier, report).sheet;
    sheet.getRange(2, 1, 1, 4).setValues([[new Date(), mail.begun, home, ""]]);
    /** @type {Ledger} */
    const ledger = { sheet, told: new Map(), recent: new Map() };
    const responses = responses_(reading.responses);
    for (const fiche of reading.fiches) {
      const response = fiche.email && responses(fiche);
      if (response) fiche.names.push(digest_(`response ${response.getId()}`));
    }
    noteTold_(ledger, reading.fiches.flatMap((fiche) => standing_(fiche, ledger, reading)));
    return null;
  }
  const last = found.getLastRow();
  const lines = last > 1 ? found.getRange(2, 1, last - 1, 4).getValues() : [];
  if (!lines.some(([, topic, names]) => topic === mail.begun && names === home)) {
    console.warn("Cette feuille est une copie : elle n'écrit à personne. Pour qu'elle écrive, supprimez son onglet « Courrier ».");
    return null;
  }
  /** @type {Ledger} */
  const ledger = { sheet: found, told: new Map(), recent: new Map() };
  for (const line of lines) remember_(ledger, time_(line[0]), String(line[1]), String(line[2]).split(" "), String(line[3]));
  return ledger;
}

/**
 * @param {Ledger} ledger
 * @param {number} at
 * @param {string} said
 * @param {string[]} names
 * @param {string} to
 */
function remember_(ledger, at, said, names, to) {
  const [topic, answers] = said.split(" ");
  const topics = [topic, topic.split(":")[0], ...(answers ? [`${topic} ${answers}`] : [])];
  for (const name of names)
    for (const one of topics) ledger.told.set(`${name} ${one}`, Math.max(at, ledger.told.get(`${name} ${one}`) || 0));
  if (to && Date.now() - at < DAY) ledger.recent.set(to, (ledger.recent.get(to) || 0) + 1);
}

/**
 * Writes at the end of the tab, in one step.
 * @param {Ledger} ledger
 * @param {{fiche: Fiche, topic: string, to?: string}[]} said
 * @returns {number} The last line of the tab.
 */
function noteTold_(ledger, said) {
  const { sheet } = ledger;
  const last = sheet.getLastRow();
  if (!said.length) return last;
  const short = last + said.length - sheet.getMaxRows();
  if (short > 0) sheet.insertRowsAfter(sheet.getMaxRows(), short);
  const now = new Date();
  const lines = said.map(({ fiche, topic, to }) => [now, topic, fiche.names.join(" "), to || ""]);
  sheet.getRange(last + 1, 1, lines.length, 4).setValues(lines);
  for (const { fiche, topic, to } of said) remember_(ledger, now.getTime(), topic, fiche.names, to || "");
  return last + lines.length;
}

/**
 * The present state as if it had been told, less what was.
 * @param {Fiche} fiche
 * @param {Ledger} ledger
 * @param {Reading} reading
 */
function standing_(fiche, ledger, reading) {
  const { topics } = SCHEMA.mail;
  const all = [topics.received, ...(fiche.slug ? [topics.online] : [])];
  if (fiche.lacking.length) all.push(`${topics.lacking}:${digest_(fiche.lacking.join("\n"))}`);
  const told = (/** @type {string} */ topic) => fiche.names.some((name) => ledger.told.has(`${name} ${topic}`));
  const asked = Math.max(0, ...fiche.names.map((name) => wall_(ledger.told.get(`${name} ${topics.still}`) || 0)));
  const due = isTime_(Math.max(fiche.verified, asked), reading) ? [topics.still] : [];
  return [...all.filter((topic) => !told(topic)), ...due].map((topic) => ({ fiche, topic }));
}

/**
 * Whether this row, just sent again, says what its merchant was asked to confirm: what was online then, to the letter.
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {number} row
 */
function confirms_(sheet, row) {
  const tab = sheet.getParent().getSheets().find((one) => SCHEMA.courrier.keys.includes(key_(one.getName())));
  if (!tab || tab.getLastRow() < 2) return false;
  const cells = sheet.getRange(row, 1, 1, sheet.getLastColumn()).getValues()[0];
  const asked = `${SCHEMA.mail.topics.still} ${answers_(sheet, cells)}`;
  const name = known_(cells, places_(sheet, SCHEMA.responses));
  return tab.getRange(2, 1, tab.getLastRow() - 1, 4).getValues().some((line) => line[1] === asked && String(line[2]).split(" ").includes(name));
}

// --- What the sheet says ---

/**
 * @param {GoogleAppsScript.Spreadsheet.Spreadsheet} spreadsheet
 * @returns {Reading|null}
 */
function reading_(spreadsheet) {
  const responses = spreadsheet.getSheets().find((sheet) => sheet.getFormUrl() && holdsFiches_(sheet));
  if (!responses) return null;
  return { words: words_(spreadsheet), responses, fiches: fiches_(spreadsheet, responses) };
}

/**
 * What «Réglages» says by name of the setting: ours where it is blank, or has a blank that cannot be filled.
 * @param {GoogleAppsScript.Spreadsheet.Spreadsheet} spreadsheet
 * @returns {(name: string) => string}
 */
function words_(spreadsheet) {
  const sheet = spreadsheet.getSheets().find((one) => SCHEMA.reglages.keys.includes(key_(one.getName())));
  const last = sheet ? sheet.getLastRow() : 0;
  const lines = sheet && last ? sheet.getRange(1, 1, last, 2).getValues() : [];
  return (name) => {
    const { header, needed, longest } = SCHEMA.mail.settings[name];
    const setting = SCHEMA.settings.find((one) => one.header === header);
    const line = lines.find(([key]) => setting && setting.keys.includes(key_(key)));
    const written = line ? String(line[1]).trim() : "";
    const blanks = [...written.matchAll(/\{ ?(\w*) ?\}/g)].map(([, blank]) => key_(blank));
    const serves = !longest || (written.length <= longest && blanks.every((blank) => SCHEMA.mail.blanks.includes(blank)) && needed.every((blank) => blanks.includes(blank)));
    return written && serves ? written : String(setting ? setting.value : "");
  };
}

/**
 * @param {GoogleAppsScript.Spreadsheet.Spreadsheet} spreadsheet
 * @param {GoogleAppsScript.Spreadsheet.Sheet} responses
 * @returns {Fiche[]}
 */
function fiches_(spreadsheet, responses) {
  const last = responses.getLastRow();
  if (last < 2) return [];
  const places = places_(responses, SCHEMA.responses);
  const zone = spreadsheet.getSpreadsheetTimeZone();
  const at = (/** @type {unknown[]} */ cells, /** @type {string} */ header) => cells[(places.get(header) || 0) - 1] ?? "";
  const suivi = suivi_(spreadsheet);
  return responses.getRange(2, 1, last - 1, responses.getLastColumn()).getValues().map((cells, number) => {
    const { name, email, consent } = SCHEMA.mail.headers;
    const stamp = wall_(time_(at(cells, SCHEMA.stamp)), zone);
    const said = suivi.filter((line) => Math.abs(line.stamp - stamp) <= 1000 && line.name === key_(at(cells, name)));
    const agrees = !places.has(consent) || [...SCHEMA.mail.on, SCHEMA.mail.consent].includes(key_(at(cells, consent)));
    const { state = "", lacking = [], since = 0, verified = 0, slug = "", id = "" } = said.length === 1 ? said[0] : {};
    return {
      row: number + 2, cells, stamp, name: String(at(cells, name)).replace(/\s+/g, " ").trim(), email: address_(at(cells, email)), agreed: agrees,
      ticked: at(cells, SCHEMA.tick) === true || SCHEMA.mail.on.includes(key_(at(cells, SCHEMA.tick))),
      whole: SCHEMA.blocking.every((group) => group.every((header) => !places.has(header)) || group.some((header) => at(cells, header) !== "")),
      state, lacking, since, verified, slug, names: [known_(cells, places), ...(id ? [id] : [])],
    };
  });
}

/**
 * What «Suivi» says, line by line.
 * @param {GoogleAppsScript.Spreadsheet.Spreadsheet} spreadsheet
 */
function suivi_(spreadsheet) {
  const sheet = spreadsheet.getSheets().find((one) => SCHEMA.suivi.keys.includes(key_(one.getName())));
  if (!sheet || sheet.getLastRow() < 2) return [];
  const places = places_(sheet, SCHEMA.suivi);
  const { suivi, questions, mark } = SCHEMA.mail;
  return sheet.getRange(2, 1, sheet.getLastRow() - 1, sheet.getLastColumn()).getValues().map((cells) => {
    const text = (/** @type {string} */ header) => String(cells[(places.get(header) || 0) - 1] ?? "");
    /** @type {string[]} */
    let entry = [];
    try {
      entry = JSON.parse(text(suivi.mark)).map(String);
    } catch {
      // spoilt, or not written yet: it is told nothing that needs it
    }
    const lacking = text(suivi.lacking)
      .split("\n")
      .filter((line) => questions.some((header) => line.startsWith(`«${header}»`)) && !line.includes(mark.duplicate))
      .map((line) => (leads_(line) ? line.replace(/^(«[^»]*» : )«.*?» — /, "$1") : line));
    return {
      stamp: french_(text(suivi.stamp)), name: key_(text(suivi.name)), state: text(suivi.state), lacking, since: french_(text(suivi.since)),
      verified: french_(text(suivi.verified)), slug: entry[mark.slug] || "", id: entry.length > mark.slug ? digest_(`${entry[mark.salt]} ${entry[mark.id]}`) : "",
    };
  });
}

/**
 * The response of the form behind a row, which has the address that the row has: nobody is sent the link of somebody else. Read at the first need.
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @returns {(fiche: Fiche) => GoogleAppsScript.Forms.FormResponse|undefined}
 */
function responses_(sheet) {
  /** @type {{response: GoogleAppsScript.Forms.FormResponse, email: string, name: string, stamp: number}[]|undefined} */
  let all;
  const zone = sheet.getParent().getSpreadsheetTimeZone();
  const emailKeys = SCHEMA.responses.columns.find((column) => column.header === SCHEMA.mail.headers.email)?.keys || [];
  const nameKeys = SCHEMA.responses.columns.find((column) => column.header === SCHEMA.mail.headers.name)?.keys || [];
  return (fiche) => {
    all ??= FormApp.openByUrl(sheet.getFormUrl() || "").getResponses().map((response) => {
      const items = response.getItemResponses();
      const answer = (/** @type {string[]} */ keys) => items.find((item) => keys.includes(key_(item.getItem().getTitle())))?.getResponse() ?? "";
      return { response, email: address_(answer(emailKeys) || response.getRespondentEmail()), name: key_(answer(nameKeys)), stamp: wall_(time_(response.getTimestamp()), zone) };
    });
    let found = all.filter((one) => one.email === fiche.email);
    if (found.length > 1) found = found.filter((one) => one.name === key_(fiche.name));
    if (found.length > 1) found = found.filter((one) => Math.abs(one.stamp - fiche.stamp) <= 1000);
    return found.length === 1 ? found[0].response : undefined;
  };
}

/**
 * Whether a mail program may make a link of it: anybody may hand in a fiche with the address of somebody else.
 * @param {string} text
 */
function leads_(text) {
  return new RegExp(SCHEMA.mail.link, "u").test(text);
}

/**
 * One e-mail address in lower case; "" for anything else.
 * @param {unknown} cell
 */
function address_(cell) {
  const text = String(cell).trim().toLowerCase();
  return /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9-]+\.)+[a-z]{2,}$/.test(text) ? text : "";
}

/**
 * What a fiche is known by from its own cells.
 * @param {unknown[]} cells
 * @param {Map<string, number>} places
 */
function known_(cells, places) {
  const at = (/** @type {string} */ header) => cells[(places.get(header) || 0) - 1] ?? "";
  return digest_(`${String(at(SCHEMA.mail.headers.email)).trim().toLowerCase()} ${key_(at(SCHEMA.mail.headers.name))}`);
}

/**
 * A digest of all the answers of a row, whatever columns stand beside them.
 * @param {GoogleAppsScript.Spreadsheet.Sheet} sheet
 * @param {unknown[]} cells
 */
function answers_(sheet, cells) {
  const places = places_(sheet, SCHEMA.responses);
  const answers = SCHEMA.mail.questions.map((header) => {
    const cell = cells[(places.get(header) || 0) - 1] ?? "";
    return time_(cell) || String(cell).trim();
  });
  return digest_(JSON.stringify(answers));
}

/**
 * A letter first: a cell of digits alone would become a number.
 * @param {string} text
 */
function digest_(text) {
  const bytes = Utilities.computeDigest(Utilities.DigestAlgorithm.SHA_256, text, Utilities.Charset.UTF_8);
  return `h${bytes.slice(0, 12).map((byte) => (byte & 255).toString(16).padStart(2, "0")).join("")}`;
}

/**
 * Milliseconds of a cell that holds a moment; 0 for any other.
 * @param {any} cell
 * @returns {number}
 */
function time_(cell) {
  return cell && typeof cell.getTime === "function" ? cell.getTime() : 0;
}

/**
 * What a clock on the wall says at this moment, as milliseconds; 0 for 0.
 * @param {number} time
 * @param {string} zone
 */
function wall_(time, zone = PARIS) {
  return time ? french_(Utilities.formatDate(new Date(time), zone, "dd/MM/yyyy HH:mm:ss")) : 0;
}

function now_() {
  return wall_(Date.now());
}

function today_() {
  return Math.floor(now_() / DAY) * DAY;
}

/**
 * A day, or a moment, as «Suivi» writes it; 0 for anything else.
 * @param {string} text
 */
function french_(text) {
  const found = /^(\d\d)\/(\d\d)\/(\d{4})(?: (\d\d):(\d\d):(\d\d))?$/.exec(text);
  if (!found) return 0;
  const [day, month, year, hour, minute, second] = found.slice(1).map((part) => Number(part || 0));
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
