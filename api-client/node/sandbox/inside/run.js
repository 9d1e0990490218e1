// Runs inside of the sandbox, last: what the host calls. It takes the shared names away, so that scripts see only what is meant for them.
;(function (global) {
  'use strict'
  const guest = global.__guest
  const { parse, stringify, host } = guest
  delete global.__guest
  delete global.__host
  delete global.EventTarget
  delete global.Event

  guest.SKIP = Object.freeze({ name: 'Skip' })

  /** An error of code that runs beside the scripts: a timer's, a callback's. The first counts. */
  guest.fail = function fail(error) {
    const { state } = guest
    if (error === guest.SKIP || state.error !== null) return
    state.error = { ...guest.describeError(error), from: state.from }
  }

  const call = (callback) => {
    try {
      const value = callback()
      if (typeof value?.then === 'function') value.then(undefined, guest.fail)
    } catch (error) {
      guest.fail(error)
    }
  }

  return {
    begin(json) {
      const input = parse(json)
      guest.state = {
        input,
        from: '',
        startedAt: Date.now(),
        tests: [],
        changes: [],
        noted: new Set(),
        error: null,
        next: undefined,
        isSkipped: false,
        isRunning: false,
      }
      guest.install(guest.state)
    },
    /** Starts a script; it has ended when nothing is running any more. */
    start(script, from) {
      const { state } = guest
      state.from = from
      state.isRunning = true
      const end = () => {
        state.isRunning = false
      }
      try {
        script.call(global).then(end, (error) => {
          guest.fail(error)
          end()
        })
      } catch (error) {
        guest.fail(error)
        end()
      }
    },
    /** `running`: the script awaits something; how much else is under way; whether the next script may start. */
    status() {
      const { state, pending } = guest
      return `${state.isRunning ? 1 : 0},${pending.size},${state.error !== null || state.isSkipped ? 1 : 0}`
    },
    /** A timer ran off, or a request of a script ended. */
    deliver(id, json) {
      const waiting = guest.pending.get(id)
      if (waiting === undefined) return
      if (waiting.isRepeated) host('timer', json)
      else guest.pending.delete(id)
      call(() => waiting.callback(json === '' || waiting.isRepeated ? undefined : parse(json)))
    },
    finish() {
      const { state } = guest
      const legacy = Object.entries(global.tests ?? {}).map(([name, value]) => ({
        name,
        outcome: value ? 'passed' : 'failed',
        message: value ? null : 'The test is false.',
      }))
      const tests = [...state.tests, ...legacy].map(({ name, outcome, message }) =>
        outcome === 'running'
          ? { name, outcome: 'failed', message: 'The test did not end: its promise or done() never came.' }
          : { name, outcome, message },
      )
      const request = state.request.toHost()
      return stringify({
        error:
          state.isRunning && state.error === null && !state.isSkipped
            ? {
                name: 'Error',
                message: 'The script waits for something that never comes.',
                line: null,
                from: state.from,
              }
            : state.error,
        tests,
        changes: state.changes,
        request: stringify(request) === state.before ? null : request,
        next: state.next ?? null,
        isSkipped: state.isSkipped,
      })
    },
  }
})(globalThis)
