// Decides every request of the policy table, under the policies and under each mutation of them, by another
// implementation of IAM (@cloud-copilot/iam-simulate), and says where the table differs.
//
//   node decide.mjs DIRECTORY           compares; when all agree, leaves a record of what was compared (oracle.json)
//   node decide.mjs DIRECTORY --write   puts its own decisions into the table, to be read before they are believed
//
// DIRECTORY holds policies.json, mutations.json and decisions.json.

import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

import { runSimulation } from '@cloud-copilot/iam-simulate'

const ACCOUNT = '000000000000'
const FILES = ['policies.json', 'mutations.json', 'decisions.json']

const directory = process.argv[2]
const read = (name) => readFileSync(join(directory, name), 'utf8')
const [policies, mutations, table] = FILES.map((name) => JSON.parse(read(name)))

function mutated(changes) {
  const documents = structuredClone(policies)
  for (const change of changes) {
    const statements = documents[change.policy].Statement
    if (change.add) {
      statements.push(change.add)
      continue
    }
    const position = statements.findIndex((statement) => statement.Sid === change.statement)
    if (position < 0) throw new Error(`${change.policy} has no statement ${change.statement}`)
    if (change.remove) statements.splice(position, 1)
    Object.assign(statements[position] ?? {}, change.set)
    for (const field of change.unset ?? []) delete statements[position][field]
  }
  return documents
}

// The oracle knows condition keys with a name in them only when a slash stands before it, and would drop
// kms:EncryptionContext:NAME. Another key that holds one text stands in for it, in policies and requests alike.
function withKnownKeys(simulation) {
  return JSON.parse(JSON.stringify(simulation).replaceAll('kms:EncryptionContext:', 'aws:RequestTag/'))
}

async function isAllowed(documents, caller, ask) {
  const role = `arn:aws:iam::${ACCOUNT}:role/${caller.role}`
  const tags = Object.entries(caller.tags).map(([name, value]) => [`aws:PrincipalTag/${name}`, value])
  const simulation = {
    request: {
      principal: `arn:aws:sts::${ACCOUNT}:assumed-role/${caller.role}/session`,
      action: ask.action,
      resource: { resource: ask.resource, accountId: ACCOUNT },
      contextVariables: {
        'aws:PrincipalArn': role,
        'aws:PrincipalAccount': ACCOUNT,
        'aws:ResourceAccount': ACCOUNT,
        ...Object.fromEntries(tags),
        ...ask.context
      }
    },
    identityPolicies: [{ name: caller.role, policy: documents[caller.role] }],
    resourcePolicy: documents[ask.resource] ?? documents[ask.resource.split('/')[0]], // an object's is the bucket's
    serviceControlPolicies: [],
    resourceControlPolicies: []
  }
  const answer = await runSimulation(withKnownKeys(simulation), {})
  if (answer.resultType !== 'single') throw new Error(`${ask.action}: ${JSON.stringify(answer)}`)
  // A condition key that AWS doesn't know for the action would be a mistake of the table.
  const ignored = answer.result.ignoredContextKeys.filter((key) => !key.startsWith('aws:'))
  if (ignored.length) throw new Error(`${ask.action} has no ${ignored}`)
  return answer.overallResult === 'Allowed'
}

async function decide(documents, request) {
  for (const ask of request.asks) {
    if (!(await isAllowed(documents, table.callers[request.caller], ask))) return 'deny'
  }
  return 'allow'
}

// The table as it is committed: a field a line, so that a change of one decision is a change of one line.
function written() {
  const line = (value) => JSON.stringify(value, null, 1).replace(/\n */g, ' ')
  const fields = (object, margin) =>
    Object.entries(object).map(([name, value]) => `${margin}${JSON.stringify(name)}: ${line(value)}`).join(',\n')
  const { requests, ...head } = table
  const each = requests.map((request) => `    {\n${fields(request, '      ')}\n    }`)
  return `{\n${fields(head, '  ')},\n  "requests": [\n${each.join(',\n')}\n  ]\n}\n`
}

const variants = mutations.map(({ name, changes }) => [name, mutated(changes)])
const differences = []
for (const request of table.requests) {
  const decision = await decide(policies, request)
  const changedBy = []
  for (const [name, documents] of variants) {
    if ((await decide(documents, request)) !== decision) changedBy.push(name)
  }
  if (decision !== request.decision) differences.push(`${request.name}: ${decision}, not ${request.decision}`)
  if (String(changedBy) !== String(request.changed_by)) {
    differences.push(`${request.name}: changed by [${changedBy}], not [${request.changed_by}]`)
  }
  Object.assign(request, { decision, changed_by: changedBy })
}

const count = table.requests.length * (mutations.length + 1)
console.log(differences.join('\n') || `${count} decisions, all as in the table`)
if (process.argv.includes('--write')) {
  writeFileSync(join(directory, 'decisions.json'), written())
} else if (differences.length) {
  process.exitCode = 1
} else {
  const { version } = createRequire(import.meta.url)('./node_modules/@cloud-copilot/iam-simulate/package.json')
  const sha256 = Object.fromEntries(FILES.map((name) => [name, createHash('sha256').update(read(name)).digest('hex')]))
  const record = { oracle: '@cloud-copilot/iam-simulate', version, decisions: count, sha256 }
  writeFileSync(join(directory, 'oracle.json'), JSON.stringify(record, null, 2) + '\n')
}
