/** Markdown to safe HTML. Heavy, so it is loaded only when a report is looked at. */
import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false, breaks: true });

/** Nothing is ever loaded from elsewhere, so an image becomes its description. */
markdown.disable('image');

/** The page has its own first heading; those of the report start below it, whatever level the file gives them. */
markdown.core.ruler.push('headings-below-the-title', ({ tokens }) => {
  const headings = tokens.filter((token) => token.type.startsWith('heading_'));
  const highest = Math.min(...headings.map((token) => Number(token.tag.slice(1))));
  for (const token of headings) token.tag = `h${Math.min(6, Number(token.tag.slice(1)) - highest + 2)}`;
});

/** Marks that Skein leaves for itself in the file; no reader wants them. */
const comments = /<!--[\s\S]*?-->[ \t]*\n?/g;

/** Safe to put into the page: no scripts, images, styles, forms or links out of Skein. */
export function renderMarkdown(text: string): string {
  return DOMPurify.sanitize(markdown.render(text.replace(comments, '')), {
    ALLOWED_TAGS: [
      'h1',
      'h2',
      'h3',
      'h4',
      'h5',
      'h6',
      'p',
      'ul',
      'ol',
      'li',
      'strong',
      'em',
      'code',
      'pre',
      'blockquote',
      'hr',
      'br',
      'table',
      'thead',
      'tbody',
      'tr',
      'th',
      'td',
      's',
    ],
    ALLOWED_ATTR: [],
  });
}
