// The thread of bodies: keeps the index of each that is open, reads on while one arrives, and answers what is asked. Several pieces of work take turns, so a
// search does not stop the scrolling.
import { parentPort } from 'node:worker_threads'
import { AppError, toWireError } from '#contract/errors.ts'
import { perform, performEdits } from './calls.ts'
import type { Answer } from './calls.ts'
import { openDocument } from './document/document.ts'
import type { BodyDocument, Work } from './document/document.ts'
import type { FromThread, ToThread } from './thread-messages.ts'

/** After so many milliseconds messages are looked at. */
const TURN_MS = 8

const documents = new Map<number, BodyDocument>()
const growing = new Set<number>()
const jobs = new Map<number, Work<Answer>>()
let isScheduled = false

function send(message: FromThread): void {
  parentPort?.postMessage(message)
}

function schedule(): void {
  if (isScheduled) return
  isScheduled = true
  setImmediate(turn)
}

function turn(): void {
  isScheduled = false
  const end = performance.now() + TURN_MS
  // What somebody waits for goes before what is read ahead.
  while (jobs.size > 0 && performance.now() < end) for (const [job, work] of jobs) advance(job, work)
  while (jobs.size === 0 && growing.size > 0 && performance.now() < end)
    for (const id of growing) readAhead(id)
  if (jobs.size > 0 || growing.size > 0) schedule()
}

function advance(job: number, work: Work<Answer>): void {
  try {
    const { done, value } = work.next()
    if (done !== true) return
    jobs.delete(job)
    send({ job, answer: value })
  } catch (error) {
    jobs.delete(job)
    send({ job, error: toWireError(error, 'body thread') })
  }
}

function readAhead(id: number): void {
  try {
    if (documents.get(id)?.step() !== true) growing.delete(id)
  } catch {
    // The file is gone: whoever asks is told.
    growing.delete(id)
  }
}

function begin(job: number, start: () => Work<Answer>): void {
  try {
    jobs.set(job, start())
  } catch (error) {
    send({ job, error: toWireError(error, 'body thread') })
  }
}

function receive(message: ToThread): void {
  switch (message.type) {
    case 'open':
      documents.set(message.id, openDocument(message.options))
      break
    case 'grow':
      documents.get(message.id)?.grow(message.bytes, message.isComplete)
      growing.add(message.id)
      break
    case 'close':
      documents.get(message.id)?.close()
      documents.delete(message.id)
      growing.delete(message.id)
      break
    case 'run': {
      const { call, job, id } = message
      begin(job, () => {
        const document = documents.get(id)
        if (document === undefined) throw new AppError('NOT_FOUND', 'The body is not open.')
        return perform(document, call)
      })
      break
    }
    case 'edits':
      begin(message.job, () => performEdits(message.call))
      break
    case 'cancel':
      jobs.delete(message.job)
  }
  schedule()
}

parentPort?.on('message', receive)
