// Starts the console: theme, language and what the first page shows, so that nothing flashes; then the pages.
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { client } from './api/query-client.ts'
import { firstAnswers } from './first-answers.ts'
import { startLanguage } from './i18n/language.ts'
import { startAppearance } from './ui/appearance.ts'
import './styles.css'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
startAppearance()
await Promise.all([startLanguage(), firstAnswers(client)])
createRoot(root).render(<App />)
