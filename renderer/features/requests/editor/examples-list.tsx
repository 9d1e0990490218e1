// Requests with their responses that are kept with the request: read here, made from a response with "Save as example".
import { Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { HttpRequest } from '#contract/requests/request.ts'
import { Badge } from '../../../components/badge.tsx'
import { IconButton } from '../../../components/button.tsx'
import { classNames } from '../../../components/class-names.ts'
import { TextField } from '../../../components/text-field.tsx'
import { CodeField } from './code-field.tsx'

/** The list and the chosen one. */
export function ExamplesList(props: {
  readonly request: HttpRequest
  readonly onChange: (request: HttpRequest) => void
}): ReactNode {
  const { request, onChange } = props
  const [chosen, setChosen] = useState(0)
  const { examples } = request
  const example = examples[Math.min(chosen, examples.length - 1)]
  if (example === undefined)
    return (
      <p className="px-12 py-12 text-small text-3">
        No examples yet. Save a response as one: it documents the request, and a mock server can answer with
        it.
      </p>
    )
  const at = examples.indexOf(example)
  const language =
    example.response.body.type === 'json' ? 'json' : example.response.body.type === 'text' ? 'text' : 'xml'
  return (
    <div className="flex min-h-0 flex-1">
      <ul aria-label="Examples" className="w-200 flex-none overflow-auto border-r border-line-1">
        {examples.map((one, index) => (
          <li key={index}>
            <button
              type="button"
              aria-current={index === at}
              onClick={() => setChosen(index)}
              className={classNames(
                'flex h-(--row) w-full items-center gap-8 px-12 text-left text-small focus-visible:outline-offset-[-2px]',
                index === at ? 'bg-active text-1' : 'text-2 hover:bg-hover',
              )}
            >
              <span className="font-mono text-micro text-3">{one.response.status}</span>
              <span className="truncate">{one.name}</span>
            </button>
          </li>
        ))}
      </ul>
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex h-44 flex-none items-center gap-8 border-b border-line-1 px-12">
          <div className="min-w-0 flex-1">
            <TextField
              label="Name of the example"
              isLabelHidden
              value={example.name}
              onChange={(name) =>
                onChange({
                  ...request,
                  examples: examples.map((one, index) => (index === at ? { ...one, name } : one)),
                })
              }
            />
          </div>
          <Badge tone={example.response.status < 400 ? 'success' : 'danger'}>
            {example.response.status} {example.response.statusText}
          </Badge>
          <IconButton
            icon={Trash2}
            label={`Remove ${example.name}`}
            onPress={() => onChange({ ...request, examples: examples.filter((one) => one !== example) })}
          />
        </div>
        <CodeField
          key={at}
          label={`Body of ${example.name}`}
          language={language}
          value={example.response.body.text}
          onChange={(text) =>
            onChange({
              ...request,
              examples: examples.map((one, index) =>
                index === at
                  ? { ...one, response: { ...one.response, body: { ...one.response.body, text } } }
                  : one,
              ),
            })
          }
        />
      </div>
    </div>
  )
}
