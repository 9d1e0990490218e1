// A capability has one noun: in the contract, as the folder that serves it, and as the feature that shows it. This fails where they differ.
import { existsSync, readdirSync } from 'node:fs'
import { hostContract, serviceContract } from '../contract/contract.ts'
import { ROOT } from './run.ts'

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const problems: string[] = []
const expectFile = (path: string, why: string): void =>
  void (existsSync(`${ROOT}${path}`) || problems.push(`${path} is missing: ${why}`))

/** Capabilities that are a part of a larger one: usage is what metering has counted. */
const SERVED_BY: Readonly<Record<string, string>> = { 'backend/usage': 'backend/metering' }

for (const [contract, folder] of [
  [hostContract, 'main'],
  [serviceContract, 'backend'],
] as const) {
  for (const [key, { name }] of Object.entries(contract)) {
    if (key !== name) problems.push(`contract.ts lists ${key}, but the capability calls itself ${name}`)
    expectFile(`contract/capabilities/${kebab(name)}.ts`, `the capability ${name} is declared there`)
    const served = SERVED_BY[`${folder}/${kebab(name)}`] ?? `${folder}/${kebab(name)}`
    expectFile(`${served}/index.ts`, `${folder} serves ${name}`)
  }
}

/** Features that are one screen over several capabilities, with a name of their own (docs/decisions/0158). */
const SCREENS: Readonly<Record<string, readonly string[]>> = {
  designer: ['designs', 'schema', 'migrations'],
  compare: ['schema', 'migrations'],
  environments: ['collections', 'requests'],
}

const capabilities = new Set([...Object.keys(hostContract), ...Object.keys(serviceContract)].map(kebab))
for (const feature of existsSync(`${ROOT}renderer/features`) ? readdirSync(`${ROOT}renderer/features`) : []) {
  const shown = SCREENS[feature] ?? [feature]
  if (!shown.every((capability) => capabilities.has(capability)))
    problems.push(`renderer/features/${feature} shows no capability of the contract by that name`)
}

for (const problem of problems) console.log(problem)
console.log(problems.length === 0 ? 'Every capability has one name.' : `${problems.length} names differ.`)
process.exitCode = problems.length === 0 ? 0 : 1
