// A field for a path: it completes while one types, and its button opens a browser of folders and files.
import { useDeferredValue, useState, type ReactNode } from 'react'
import { CompletingField } from '../../components/completing-field.tsx'
import type { Option } from '../../components/select.tsx'
import { useCall } from '../../host/host-provider.tsx'
import { BrowseButton } from './browse-button.tsx'
import type { Choosing } from './browse-dialog.tsx'
import { expandHome, isWhole, joinPath, splitTyped, type Separator } from './path-text.ts'

export interface PathFieldProps {
  readonly label: string
  readonly isLabelHidden?: boolean
  readonly value: string
  readonly onChange: (path: string) => void
  /** `folder`: one that is there. `file`: one that is there. `newFile`: a name in a folder, to write to. */
  readonly choosing: Choosing
  /** Files that may be chosen end so (`json`, `csv`); any when left out. */
  readonly endings?: readonly string[]
  /** Paths may begin in this folder (a collection's), and are written so where they lie in it. */
  readonly base?: string | null
  /** The name that `newFile` suggests. */
  readonly suggestedName?: string
  readonly help?: ReactNode
  readonly error?: string | undefined
  readonly placeholder?: string
  readonly autoFocus?: boolean
  readonly isDisabled?: boolean
  readonly onBlur?: () => void
}

const NO_ENDINGS: readonly string[] = []
const MOST_SHOWN = 50

/** The host that the page talks to runs on the person's own machine; its paths are theirs. */
export function PathField(props: PathFieldProps): ReactNode {
  const { value, onChange, choosing, base = null, endings = NO_ENDINGS } = props
  const [isUsed, setIsUsed] = useState(false)
  const [isBrowsing, setIsBrowsing] = useState(false)
  const { data: home } = useCall(['files', 'home'], (host, options) => host.files.home({}, options), {
    staleTime: Infinity,
  })
  const separator = home?.separator ?? '/'
  const options = useCompletions({
    text: value,
    isWanted: isUsed && !isBrowsing,
    choosing,
    base,
    endings,
    separator,
  })
  return (
    <CompletingField
      label={props.label}
      isLabelHidden={props.isLabelHidden === true}
      value={value}
      onChange={(text) => onChange(home === undefined ? text : expandHome(text, home.folder, separator))}
      options={options}
      onUse={setIsUsed}
      isMono
      error={props.error}
      {...(props.help === undefined ? {} : { help: props.help })}
      {...(props.placeholder === undefined ? {} : { placeholder: props.placeholder })}
      {...(props.onBlur === undefined ? {} : { onBlur: props.onBlur })}
      autoFocus={props.autoFocus === true}
      isDisabled={props.isDisabled === true}
      suffix={
        <BrowseButton
          label={`Browse for ${props.label.toLowerCase()}`}
          choosing={choosing}
          endings={endings}
          value={value}
          base={base}
          {...(props.suggestedName === undefined ? {} : { suggestedName: props.suggestedName })}
          isDisabled={props.isDisabled === true}
          onChoose={onChange}
          onOpenChange={setIsBrowsing}
        />
      }
    />
  )
}

/** What a typed path can become: names of the folder that stands before its last separator. */
function useCompletions(input: {
  readonly text: string
  readonly isWanted: boolean
  readonly choosing: Choosing
  readonly base: string | null
  readonly endings: readonly string[]
  readonly separator: Separator
}): readonly Option[] {
  const { choosing, base, endings, separator } = input
  const text = useDeferredValue(input.text)
  const { folder: typed, name } = splitTyped(text, separator)
  const folder = isWhole(typed, separator) ? typed : base === null ? null : joinPath(base, typed, separator)
  const kinds = choosing === 'folder' ? 'folders' : 'all'
  const { data } = useCall(
    ['files', 'complete', folder, name, kinds, endings],
    (host, options) =>
      host.files.list({ folder: folder ?? '', startsWith: name, kinds, endings: [...endings] }, options),
    // What cannot be listed completes nothing: the field's own check says what is wrong.
    { enabled: input.isWanted && folder !== null },
  )
  return (data?.entries ?? []).slice(0, MOST_SHOWN).flatMap((entry) => {
    const path = `${typed}${entry.name}${entry.kind === 'folder' ? separator : ''}`
    // A folder that is written out already is chosen as it stands.
    const isThere = path === text || (choosing === 'folder' && path === `${text}${separator}`)
    return isThere ? [] : [{ id: path, label: path }]
  })
}
