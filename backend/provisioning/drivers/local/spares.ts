// Copies of the template that lie ready on disk, so that creating a project is a rename. Each already belongs to the user of its number.
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binaries } from '#postgres/node/server/binaries.ts'
import { copyTree } from '#postgres/node/server/copy-tree.ts'
import type { OsUser } from '#postgres/node/server/os-user.ts'
import { namesIn } from './layout.ts'
import { syncToDisk } from './template.ts'
import type { Template } from './template.ts'

export interface Spares {
  /** The numbers of those that lie ready. */
  readonly ready: ReadonlySet<number>
  /** Makes `target` the data directory of instance `number`: a spare if one lies ready, else a copy made now. */
  take(number: number, target: string): Promise<void>
  /** Makes those that are missing, one after the other. Numbers for which `isTaken` are left out. */
  refill(isTaken: (number: number) => boolean): Promise<void>
  /** Stops refilling. */
  close(): Promise<void>
}

/** Finds the spares of a template that an earlier run left; unfinished ones are removed. */
export async function openSpares(options: {
  readonly template: Template
  readonly binaries: Binaries
  readonly count: number
  readonly userOf: (number: number) => OsUser | undefined
}): Promise<Spares> {
  const { template, binaries, userOf } = options
  const ready = new Set<number>()
  let refilling: Promise<void> | undefined
  let isClosed = false
  for (const name of await namesIn(template.spares)) {
    if (/^\d+$/.test(name)) ready.add(Number(name))
    else await rm(join(template.spares, name), { recursive: true, force: true })
  }

  /** Renamed when complete and on disk: what has its final name is whole, also after the machine lost its power. */
  async function copyTo(target: string, unfinished: string, user: OsUser | undefined): Promise<void> {
    await rm(unfinished, { recursive: true, force: true })
    await copyTree({ tree: template.tree, from: template.dataDirectory, to: unfinished, user })
    await syncToDisk(binaries, unfinished, user)
    await rename(unfinished, target)
  }

  async function addSpare(number: number): Promise<void> {
    const unfinished = join(template.spares, `unfinished-${String(number)}`)
    await copyTo(join(template.spares, String(number)), unfinished, userOf(number))
    ready.add(number)
  }

  async function refill(isTaken: (number: number) => boolean): Promise<void> {
    for (let number = 0; ready.size < options.count && !isClosed; number += 1) {
      if (!ready.has(number) && !isTaken(number)) await addSpare(number)
    }
  }

  return {
    ready,
    async take(number, target) {
      if (ready.delete(number)) {
        await rename(join(template.spares, String(number)), target)
        return
      }
      await copyTo(target, `${target}.unfinished`, userOf(number))
    },
    async refill(isTaken) {
      refilling ??= refill(isTaken).finally(() => (refilling = undefined))
      await refilling
    },
    async close() {
      isClosed = true
      await refilling?.catch(() => undefined) // who called refill has the error
    },
  }
}
