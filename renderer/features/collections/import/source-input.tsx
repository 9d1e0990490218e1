// The ways in: paste, drop, choose files, or the path of a file or folder of this machine.
import { Upload } from 'lucide-react'
import { useRef, useState, type DragEvent, type ReactNode } from 'react'
import { Button } from '../../../components/button.tsx'
import { classNames } from '../../../components/class-names.ts'
import { FormError } from '../../../components/form-error.tsx'
import { TextArea } from '../../../components/text-field.tsx'
import { describeError } from '../../../host/error-text.ts'
import { PathField } from '../../files/index.ts'
import { sourcesOfDrop, sourcesOfFiles, type GivenSource } from './sources.ts'

export interface SourceInputProps {
  readonly text: string
  readonly onText: (text: string) => void
  readonly path: string
  readonly onPath: (path: string) => void
  /** Files and folders that were dropped or chosen. */
  readonly onGiven: (sources: readonly GivenSource[]) => void
  /** Something is there already: the fields are small. */
  readonly isCompact: boolean
}

const newKey = (): string => crypto.randomUUID()

/** The fields. Text in them is read as it settles. */
export function SourceInput(props: SourceInputProps): ReactNode {
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setIsOver] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const take = (reading: Promise<readonly GivenSource[]>): void => {
    setProblem(null)
    reading.then(props.onGiven, setProblem)
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setIsOver(false)
    take(sourcesOfDrop(event.dataTransfer, newKey))
  }
  return (
    <div
      className={classNames(
        'flex flex-col gap-12 rounded-card',
        isOver && 'outline-2 outline-offset-4 outline-accent-text',
      )}
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={(event) => {
        if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget))
          setIsOver(false)
      }}
      onDrop={drop}
    >
      <div className="flex items-center gap-12">
        <Button icon={Upload} onPress={() => input.current?.click()}>
          Choose files
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          multiple
          aria-label="Files to import"
          accept=".json,.yml,.yaml,.har,.bru,.txt,.sh"
          onChange={(event) => {
            take(sourcesOfFiles([...(event.target.files ?? [])], newKey))
            event.target.value = ''
          }}
        />
        <span className="text-small text-2">
          Or drop files or a folder here: Postman with its environments, OpenAPI, Insomnia, Bruno, HAR.
        </span>
      </div>
      <PathField
        label="Path on this machine"
        choosing="any"
        endings={ENDINGS}
        value={props.path}
        onChange={props.onPath}
        placeholder="A file, or the folder of a Bruno or OpenCollection collection"
      />
      <TextArea
        label="Text"
        isMono
        rows={props.isCompact ? 3 : 7}
        value={props.text}
        onChange={props.onText}
        placeholder="Paste a collection, an OpenAPI document or a cURL command. Nothing in it is run."
      />
      <FormError message={describeError(problem)?.message} hint={undefined} />
    </div>
  )
}

const ENDINGS: readonly string[] = ['json', 'yml', 'yaml', 'har', 'bru', 'txt', 'sh']
