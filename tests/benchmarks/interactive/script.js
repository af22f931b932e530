// What teachers do in a lesson: 60% grade writes, 25% gradebook reads, 15% of the rest; offered at a rate (open loop).
//
// A virtual user is a teacher with some students who are nobody else's. So it knows of each grade which version it
// replaces: that of the seed at first, then the one that the last answer named. A grade whose write was not answered is
// left alone from then on, for nobody knows whether it was carried out.
import exec from "k6/execution";
import http from "k6/http";
import { Counter } from "k6/metrics";
import { SharedArray } from "k6/data";

const STUDENTS = 30;
const GRADED = ["a1", "a2", "a3", "a4"];
const TODAYS = "a5";
const MOST_VUS = 480;
// Whether every teacher of the file is active: each virtual user is then several of them, in turns.
const EVERYBODY = __ENV.EVERYBODY === "yes";
// As many connections as it takes, and no more: a browser keeps its own, and the load balancer in between shares a few.
const VUS = EVERYBODY ? 50 : Math.min(MOST_VUS, 20 + Math.ceil(Number(__ENV.RATE || 0) / 50));

const people = new SharedArray("people", () => JSON.parse(open(__ENV.PEOPLE)));
const failures = new Counter("failures");

const visiting = {
  executor: "shared-iterations",
  vus: Math.min(8, Number(__ENV.SCHOOLS || 1)),
  iterations: Number(__ENV.SCHOOLS || 1),
  maxDuration: "10m",
};
const offering = {
  executor: "constant-arrival-rate",
  rate: Number(__ENV.RATE || 10),
  timeUnit: "10s",
  duration: `${__ENV.SECONDS || 1}s`,
  preAllocatedVUs: VUS,
  maxVUs: EVERYBODY ? VUS : MOST_VUS,
  gracefulStop: "5s",
};

export const options = {
  discardResponseBodies: true,
  scenarios: { main: __ENV.MODE === "visit" ? visiting : offering },
  noCookiesReset: true,
};

const versions = {}; // of this virtual user's grades: 0 when there is none yet, -1 when nobody knows

export default function () {
  if (__ENV.MODE === "visit") {
    visit(exec.scenario.iterationInTest);
    return;
  }
  const user = exec.vu.idInTest - 1;
  const turn = EVERYBODY ? VUS * Math.floor(Math.random() * Math.floor(people.length / VUS)) : 0;
  const me = people[(user + turn) % people.length];
  const slots = EVERYBODY ? 1 : Math.max(1, Math.floor(MOST_VUS / people.length));
  const slot = Math.floor(user / people.length) % slots;
  const chance = Math.random();
  if (chance < 0.6) write(me, ownStudent(slot, slots), anyAssessment());
  else if (chance < 0.85) get(me, `/v1/classes/${me.class_id}/gradebook`, "gradebook");
  else if (chance < 0.9) get(me, "/v1/me", "me");
  else if (chance < 0.94) get(me, `/v1/classes/${me.class_id}/roster`, "roster");
  else if (chance < 0.97) get(me, gradePath(me, anyStudent(), GRADED[0]), "grade");
  else get(me, `/v1/students/${studentId(me, anyStudent())}/grades`, "student");
}

// A teacher of one school does a little of everything.
function visit(school) {
  const me = people[school];
  write(me, 0, TODAYS);
  get(me, `/v1/classes/${me.class_id}/gradebook`, "gradebook");
  get(me, "/v1/me", "me");
}

function write(me, student, assessment) {
  const path = gradePath(me, student, assessment);
  const grade = me.school_id + path;
  const known = versions[grade];
  const version = known === undefined ? (assessment === TODAYS ? 0 : 1) : known;
  if (version < 0) {
    get(me, path, "grade");
    return;
  }
  const change = { status: "scored", score: Math.round(Math.random() * 100) / 10 };
  if (Math.random() < 0.25) {
    change.comment = "Bien, falta el dibujo";
    change.reason = "first mark";
  }
  const headers = { Authorization: `Bearer ${me.token}`, "Content-Type": "application/json" };
  if (version === 0) headers["If-None-Match"] = "*";
  else headers["If-Match"] = `"${version}"`;
  versions[grade] = -1; // until it is answered
  const response = http.put(__ENV.TARGET + path, JSON.stringify(change), { headers, timeout: "10s", tags: { name: "write" } });
  if (expect(response, version === 0 ? 201 : 200)) versions[grade] = version + 1;
}

function get(me, path, name) {
  const headers = { Authorization: `Bearer ${me.token}` };
  expect(http.get(__ENV.TARGET + path, { headers, timeout: "10s", tags: { name } }), 200);
}

function expect(response, status) {
  if (response.status === status) return true;
  failures.add(1);
  console.warn(`${response.request.method} ${response.url}: ${response.status} ${response.error}`);
  return false;
}

function gradePath(me, student, assessment) {
  return `/v1/classes/${me.class_id}/assessments/${assessment}/grades/${studentId(me, student)}`;
}

function studentId(me, number) {
  return `student-${me.class_id.slice(1)}-${String(number).padStart(2, "0")}`;
}

function ownStudent(slot, slots) {
  const own = Math.floor((STUDENTS - 1 - slot) / slots) + 1;
  return slot + slots * Math.floor(Math.random() * own);
}

function anyAssessment() {
  return Math.random() < 0.5 ? TODAYS : GRADED[Math.floor(Math.random() * GRADED.length)];
}

function anyStudent() {
  return Math.floor(Math.random() * STUDENTS);
}
