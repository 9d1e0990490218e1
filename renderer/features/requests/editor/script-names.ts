// What scripts can call: names after `pm.` and below, with a word on each.
import type { Suggestion, Suggestions } from '../../../components/code-editor/types.ts'

const SCOPE = 'get set unset has clear toObject replaceIn'
const MEMBERS: Readonly<Record<string, string>> = {
  pm: 'test() expect() request response environment globals collectionVariables variables iterationData cookies info sendRequest() execution',
  'pm.environment': SCOPE,
  'pm.globals': SCOPE,
  'pm.collectionVariables': SCOPE,
  'pm.variables': SCOPE,
  'pm.iterationData': 'get has toObject',
  'pm.request': 'method url headers body',
  'pm.response': 'code status headers json() text() responseTime responseSize cookies to',
  'pm.response.to': 'have be',
  'pm.response.to.have': 'status() header() jsonBody() jsonSchema() body()',
  'pm.response.to.be': 'ok success json error clientError serverError',
  'pm.cookies': 'get() has() toObject()',
  'pm.info': 'eventName iteration iterationCount requestName requestId',
  'pm.execution': 'setNextRequest() skipRequest()',
  console: 'log() info() warn() error()',
}

const WORDS: Readonly<Record<string, string>> = {
  'pm.test': 'pm.test(name, function): what must hold, under a name',
  'pm.expect': 'pm.expect(value).to.equal(…)',
  'pm.sendRequest': 'Sends another request: pm.sendRequest(url or request, callback)',
  'pm.execution.setNextRequest': 'Which request a run goes on with; null ends it',
  'pm.execution.skipRequest': 'Before a request: it is not sent',
}

/** What fits at the caret. */
export function suggestScript(text: string, offset: number): Suggestions {
  const typed = /[\w$.()]*$/.exec(text.slice(0, offset))?.[0] ?? ''
  const dot = typed.lastIndexOf('.')
  const owner = typed.slice(0, Math.max(0, dot)).replaceAll('()', '')
  const start = offset - (typed.length - dot - 1)
  const names = dot === -1 ? 'pm console' : (MEMBERS[owner] ?? '')
  const isScope = names === SCOPE
  const items = names
    .split(' ')
    .filter((name) => name !== '')
    .map((name): Suggestion => {
      const isCall = isScope || name.endsWith('()')
      const label = name.replace('()', '')
      const whole = owner === '' ? label : `${owner}.${label}`
      return {
        kind: isCall ? 'function' : 'column',
        label,
        insertText: label,
        detail: '',
        documentation: WORDS[whole] ?? '',
      }
    })
  return { items, start: dot === -1 ? offset - typed.length : start, end: offset }
}
