/**
 * Words that stand in nearly every text of a language and so say nothing of what it is about. A fixed list, not one
 * learned from a workspace: vectors of passages depend on it. Without it, passages would be alike for their "the" and
 * "der". Small letters, without accents; a word that means something in another language of the list is left out.
 */
const listByLanguage = {
  english: `a about after again all also an and any are as at be because been before being between both but by can
    could did do does doing done down each either else even every few for from had has have having he her here him his
    how i if in into is it its itself just let like made make many may might more most much must my need never no nor
    not now of off on once one only or other our out over own per same see set she should since so some still such
    than that the their them then there these they this those through to too two under until up upon us use used uses
    using very via was way we well were what when where which while who whose why will with within without would yet
    you your`,
  german: `der das den dem des ein eine einen einem einer eines und oder aber nicht ist sind waren wird werden
    wurde wurden hat haben hatte sein kein keine mit von vom zu zum zur im an am auf aus bei bis durch fur gegen ohne
    um uber unter vor nach seit wie wer wo wenn weil dass ob als auch nur noch schon sehr sich es er sie wir ihr
    ich du mich dich uns euch diese dieser dieses dann da hier`,
  french: `le la les un une du et ou mais ne pas est sont etait ete etre avoir ont avait dans sur sous avec sans pour
    par en au aux ce cet cette ces qui que quoi dont si il elle ils elles nous vous je tu se sa ses leur leurs 
    moins tres comme`,
  spanish: `el los las una unos unas y pero era eran ser estar tiene con por para al del lo como su sus mas muy
    este esta estos estas ese esa ya`,
  portuguese: `um uma nao eh sao foi com sem na nos nas ao aos seu sua se mais muito`,
  italian: `gli uno ma non sono senza per nel nella di della dei delle che suo piu molto questo questa`,
  dutch: `de het een maar niet is zijn waren wordt worden heeft hebben met zonder voor naar uit op aan dat deze dit
    ook nog wel er ze wij je`,
  polish: `i w na z nie jest to ze jak ale po co tak za od czy tylko przez dla ich jego jej oraz lub byc ma`,
  russian: `и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от
    меня еще нет о из ему теперь когда даже ну ли если уже или ни быть был него до вас они тут где есть надо ней для мы
    тебя их чем была сам чтоб без это этот эта эти при после под`,
};

export const commonWords: ReadonlySet<string> = new Set(Object.values(listByLanguage).join(' ').split(/\s+/));
