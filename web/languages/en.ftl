# Every word of the hosted pages, in English. A message may hold <b>, <strong> and <code>, and what a page
# puts in ($partner is always there: who asks). Other languages hold the same messages with the same places.

## Around every page

partner-unknown = the company that sent you here
skip = Skip to the main part
rail-nobody = Sharing bank data
rail-safe = Nothing without your yes
steps-name = Your three steps
step-confirm = Confirm it’s you
step-confirm-hint = A code to your mobile
step-agree = Agree
step-agree-hint = What, why, how long
step-banks = Add your banks
step-banks-hint = Then say it’s complete
step-done = : done
languages-name = Language
foot-for = Asked for by { $partner }. Not you?
foot-for-mobile = Asked for by { $partner }, for the mobile ending in <b class="num">{ $ending }</b>. Not you?
not-me = Then this was meant for somebody else, or { $partner } has another number for you. Close this page and tell { $partner }: they can correct the number and send a new link. Whoever doesn’t have that phone can’t go on.
not-me-inside = Then go back to your banks, press “Leave without finishing” there and tell { $partner }: they can correct the number and send a new link.
list-pair = { $first } and { $last }
list-more = { $first }, { $next }
error-title = Error: { $what }
back-to-banks = Back to your banks
back-to-partner = Back to { $partner }
manage-url = Manage your data sharing
sign-in-again = Sign in again
offline = <b>There is no connection.</b> Nothing is lost: go on here when it is back.
ending-in = ending in
fact-purpose = Purpose
fact-data = Data
fact-agreed = You agreed
fact-ends = Ends by itself

## Times and amounts (the patterns are chrono's)

moment-full = %A %-d %B %Y at %-I:%M %P UTC
moment-clock = %-I:%M %P UTC
moment-date = %-d %b %Y
days = { $days ->
    [1] 1 day
    [365] 12 months
    [730] 2 years
   *[other] { $days } days
}
accounts = { $count ->
    [0] no account
    [one] 1 account
   *[other] { $count } accounts
}

## The start page of a link

start-title = Share your bank data
start-heading = { $partner } asks to see your bank data
start-lead = For one purpose: <strong>{ $purpose }.</strong> It takes a few minutes, and you can stop at any time.
start-lead-bare = Before you decide, you see what it is for. It takes a few minutes, and you can stop at any time.
start-confirm = We text a code to your mobile ending in <b class="num">{ $ending }</b>.
start-agree = Agree, or don’t
start-agree-words = You see what would be shared, why and for how long. Nothing is shared before you say yes.
start-banks-words = You sign in to each here, one after the other, with that bank’s own login. When all your accounts are disclosed, you say so, and this link is used up.
start-no-texts = <b>No more texts can go for this link.</b> Ask { $partner } for a new link.
start-no-texts-alive = <b>No more texts can go for this link.</b> The newest code still works. If it doesn’t arrive, ask { $partner } for a new link.
start-enter = Enter my code
start-text = Text me a code
start-text-again = Text me a new code
start-phone = On a computer? Continue on your phone
start-until = This link works until { $until }. Opening it doesn’t use it up. Not your number? Ask { $partner } to change it and to send you a new link.

## The page that hands a link over to a phone

phone-title = Continue on your phone
phone-lead = Point your phone’s camera at the QR code. The same page opens there.
phone-square = A QR code that holds the address of your link
phone-words = It doesn’t use up your link: your phone asks for a code as this page does, and whoever enters it first goes on. Don’t let others photograph it.
phone-back = Carry on here instead

## The page that takes the code

code-title = Enter your code
code-heading = Enter the code we texted you
code-lead = It goes to your mobile ending in <b class="num">{ $ending }</b> and works until <b class="nb">{ $until }</b>.
code-text-new = <b>We texted a new code at { $sent }.</b> The one before no longer works.
code-text-not-again = <b>No other text was sent.</b> The last one went at { $sent }: give it a moment. You can ask for another at { $at }.
code-label = 6-digit code
code-hint = Never tell it to anyone: nobody needs it but this page.
code-auto = Once all six digits are here, we go on by ourselves after a moment. You can stop that.
code-going = Going on in a moment
code-stop = Wait
code-stopped = Stopped. Press “Continue” when the code is right.
code-continue = Continue
code-refused = We couldn’t text you
code-refused-words = The mobile ending in <b class="num">{ $ending }</b> doesn’t take our messages, so no code is on its way.
code-refused-yours = Is it your number?
code-refused-yours-words = Check that the phone is on, has signal and doesn’t block unknown senders. Then ask for a new code. Does it fail again? Tell { $partner }: they can tell you what other ways there are.
code-refused-other = Is it another number?
code-refused-other-words = Ask { $partner } to change it and to send you a new link.
code-none = Ask for a new code
code-none-words = No code is waiting for you now: each works for a few minutes only. A new one goes to your mobile ending in <b class="num">{ $ending }</b>.
code-wait = You can ask for a new one in <span class="num">{ $seconds }</span> { $seconds ->
    [one] second
   *[other] seconds
}, at { $at }. Until then, use the one that was sent.
code-wait-over = You can ask for a new one now.
code-no-texts = <b>No more texts can go for this link.</b> Ask { $partner } for a new link.
code-no-texts-alive = <b>No more texts can go for this link.</b> The newest code still works until the time above. If it doesn’t arrive, ask { $partner } for a new link.
code-missing = No message yet?
code-missing-signal = A text can take a minute. Check that your phone has signal.
code-missing-refused = Could it not be sent at all? <a href="{ $path }">Look again</a>: this page says so.
code-missing-unknown = Look among unknown senders as well.
code-missing-newest = Asked twice? Use the newest message: each new code replaces the one before.
code-missing-number = Is { $ending } not the end of your number? Ask { $partner } to change it and to send you a new link.
code-fault-wrong-title = wrong code
code-fault-wrong = That isn’t the code. { $tries ->
    [one] You can try once more; after that the link locks.
   *[other] You can try { $tries } more times.
}
code-fault-malformed-title = the code has six digits
code-fault-malformed = The code has six digits. What you entered wasn’t counted; look at the message again.
code-fault-late-title = the code has run out
code-fault-late = That code has run out. Your try wasn’t counted.
code-fault-no-cookie-title = your browser keeps no cookie
code-fault-no-cookie = Your browser keeps no cookie of this site, and without one you can’t go on. Your code wasn’t used: allow cookies for this site, then enter it again.

## The page that asks

consent-title = Agree to share
consent-not-me = Then press “No, don’t share”, close this page and tell { $partner }: they can correct the number and send a new link.
consent-heading = Share bank data with { $partner }?
consent-lead = For one purpose: <strong>{ $purpose }.</strong> { $sentence }
consent-earlier = <b>What { $partner } asks for has changed.</b> You agreed to an earlier version, which goes on until { $until }. If you agree to this one, the earlier one ends, and what was collected under it.
consent-new-purpose = <b>New purpose.</b> Before, it was: { $purpose }.
consent-new-data = New:
consent-gone-data = No longer asked for:
consent-new-duration = <b>New length:</b> { $now } from today. Before, it was { $before }.
consent-new-reach = <b>New reach:</b> data from the { $now } before. It was { $before }.
consent-new-parties = <b>May see it too, from now on:</b> { $parties }.
consent-new-copy = <b>New:</b> when sharing ends, { $partner } may keep a copy from which everything that points to you has been taken out.
consent-what = What you would share
consent-what-words = From the accounts you connect. Open each to see what is inside.
consent-never = <b>Never shared:</b> your passwords. Nobody can move money with this.
consent-long = For how long
consent-long-back = Data goes back to here
consent-long-today = Today
consent-long-agree = You agree
consent-long-ends = Sharing ends by itself
consent-long-words = That is { $duration } from today, with data from the { $reach } before. Until it ends { $partner } may look again.
consent-then = What happens to your data
consent-then-nobody = This service collects it for { $partner } and gives it to nobody else.
consent-then-parties = { $partner } works with { $parties }, who may see it for the same purpose.
consent-then-retained = When sharing ends, it is deleted here. { $partner } may keep a copy from which everything that points to you has been taken out.
consent-then-deleted = When sharing ends, it is <b>deleted</b> here, and nothing more is collected.
consent-stop = How to stop
consent-stop-page = <b>On a page of your own</b>, which shows what you share and who read it. It is open to you once you have agreed; to come back later, ask { $partner } for the link to it.
consent-stop-words = <b>Through { $partner }</b>: tell them at any time that you no longer agree, and they end it here.
consent-stop-at-once = On your page it takes effect the moment you press; through { $partner }, once they end it here. What was collected is then deleted here.
consent-stop-effect = If you stop before { $partner } has decided, they may ask you for documents instead.
consent-yes = I agree
consent-no = No, don’t share
consent-choice = It’s your choice. If you say no, nothing is shared and this link is used up. { $partner } tells you what other ways there are.
consent-choice-visit = It’s your choice. If you say no, nothing is shared. { $partner } tells you what other ways there are.
consent-choice-again = It’s your choice. If you say no, nothing new is shared and this link is used up. { $partner } tells you what other ways there are.
consent-choice-again-visit = It’s your choice. If you say no, nothing new is shared. { $partner } tells you what other ways there are.

## What is shared, in the standard's own words (CDS, data language standards): never reworded

data-name-and-occupation = Name and occupation
data-name-occupation-contact-details = Name, occupation, contact details
data-organisation-profile = Organisation profile
data-organisation-profile-and-contact-details = Organisation profile and contact details
data-account-name-type-and-balance = Account name, type and balance
data-account-balance-and-details = Account balance and details
data-transaction-details = Transaction details
data-name = Name
data-occupation = Occupation
data-phone = Phone
data-email-address = Email address
data-mail-address = Mail address
data-residential-address = Residential address
data-agent-name-and-role = Agent name and role
data-organisation-name = Organisation name
data-organisation-numbers-abn-or-acn = Organisation numbers (ABN or ACN)
data-charity-status = Charity status
data-establishment-date = Establishment date
data-industry = Industry
data-organisation-type = Organisation type
data-country-of-registration = Country of registration
data-organisation-address = Organisation address
data-phone-number = Phone number
data-name-of-account = Name of account
data-type-of-account = Type of account
data-account-balance = Account balance
data-account-number = Account number
data-interest-rates = Interest rates
data-fees = Fees
data-discounts = Discounts
data-account-terms = Account terms
data-account-mail-address = Account mail address
data-incoming-and-outgoing-transactions = Incoming and outgoing transactions
data-amounts = Amounts
data-dates = Dates
data-descriptions = Descriptions
data-who-you-have-sent-money-to-and-received-money-from = Who you have sent money to and received money from
data-to-check-that-the-accounts-are-yours = To check that the accounts are yours
data-to-check-that-the-accounts-are-your-organisation-s = To check that the accounts are your organisation's
data-to-know-what-you-have-and-what-you-owe = To know what you have and what you owe
data-to-know-the-terms-of-your-accounts = To know the terms of your accounts
data-to-work-out-your-income-and-your-spending = To work out your income and your spending

## The hub: the banks of a person

connect-title = Your banks
connect-not-me = Then press “Leave without finishing” and tell { $partner }: they can correct the number and send a new link.
connect-carried = Welcome back. What you agreed to with { $partner } goes on; there is nothing to agree to again.
connect-agreed = You agreed.
connect-add-first = Now add the banks where you have accounts, one after the other. Start with the one that your pay goes to.
connect-add-more = Add every bank where you have an account. When all are here, say so below.
connect-single = { $partner } needs one sign-in, and it is here. When it is complete, say so below.
connect-still = This page stands still. <a href="/connect">Look how far it is</a>
connect-reloads = This page looks again every 5 seconds. <a href="/connect?still=1">Let it stand still</a>
connect-agreed-heading = What you agreed to
connect-leave = Not now?
connect-leave-words = You can leave without that declaration. Your link is then closed and { $partner } has to send you a new one. What you agreed to and connected goes on until { $until }, unless you tell { $partner } to end it.
connect-leave-words-visit = You can leave without that declaration, and come back from { $partner }. What you agreed to and connected goes on until { $until }, unless you tell { $partner } to end it.
connect-leave-to = You are taken back to { $name }.
connect-leave-press = Leave without finishing
live-since = At work since { $since }.
pace-minute = Usually done in under a minute.
pace-minutes = { $count ->
    [one] Usually done in about { $count } minute.
   *[other] Usually done in about { $count } minutes.
}
pace-long = This takes longer than usual. It goes on by itself; meanwhile you can add another bank.
live-waits = Waits for your answer until <span class="nb">{ $until }</span>
live-answer = Answer { $bank }
live-read = { $connected }, read at { $read }
of-bank = , { $bank }
live-owes = , you owe
live-add-first = Add a bank
live-add = Add another bank
live-sign = Your declaration
live-sign-words = I have told { $partner } about all the accounts that matter for this, and left none out.
live-sign-none = { $partner } sees no account of yours yet. Finish without one only if there is none to add.
live-working = Still at work: { $banks }. If you finish before, you are asked whether to wait.
live-asking = Waiting for your answer: { $banks }. If you finish before, you are asked what to do about it.
live-stopped = Not connected: { $banks }. { $partner } receives nothing new from there.
live-disclose = I have disclosed all my accounts
live-disclose-words = This finishes your link: it can’t be opened again. What you agreed to goes on.
live-disclose-words-visit = This finishes your visit here. What you agreed to goes on.
closes-working = While a bank is at work, this page stays open. After that it closes by itself when nothing happens for a while.
closes-idle = To keep you safe, this page closes by itself when nothing happens until { $at }.
closes-last = To keep you safe, this page closes by itself at { $at }.
closes-still = <b>Are you still here?</b> To keep you safe, this page is about to close by itself.
closes-stay = I’m still here
closes-soon = <b>Your time here is almost over.</b> To keep you safe, this page is about to close. What you agreed to and connected is kept.
closes-soon-bare = <b>Your time here is almost over.</b> To keep you safe, this page is about to close.
told-working = { $bank }: { $step }.
told-asking = { $bank } waits for your answer.
told-stopped = { $bank }: { $why }.
told-connected = { $bank }: { $connected }.
at-work = at work
connected = Connected, { $found }
live-nothing = { $bank } shows no account with this login. If you have accounts there, sign in with the login that shows them.
live-nothing-next = Use another login
found-elsewhere-only = { $elsewhere }, shared through another login already
found-and-elsewhere = { $here }, and { $elsewhere } shared through another login already
step-sign-in = Signing in
step-question = Answering its question
step-accounts = Finding accounts
step-transactions = Getting transactions
step-not-needed = { $step }: not needed
mark-next = Next
mark-now = Now
mark-was = Done
kind-transaction = Everyday
kind-savings = Savings
kind-credit-card = Credit card
kind-mortgage = Home loan
kind-loan = Loan
kind-investment = Investment
kind-term-deposit = Term deposit
kind-unknown = Account

## Why a bank stopped: what happened, what it means, and what its button says

stop-wrong-login = Login ID or password is wrong
stop-wrong-login-words = { $bank } didn’t accept what you typed. Check both before you try again: banks often lock a login after a few wrong tries.
stop-wrong-login-next = Try again
stop-locked = The bank has locked your login
stop-locked-words = { $bank } did this to protect you, and only { $bank } can undo it. Contact it by its app or the number on your card. Then come back here.
stop-locked-next = It’s unlocked: sign in again
stop-action-needed = The bank needs you first
stop-action-needed-words = { $bank } wants you to do something in its own app or website first: accept new terms, say, or change an old password. Do that, then come back here.
stop-action-needed-next = I’ve done it: sign in again
stop-unavailable = The bank isn’t answering
stop-unavailable-words = It’s { $bank }, not you. Try again now, or in a few minutes. You can add your other banks meanwhile.
stop-unavailable-next = Try again
stop-interrupted = We were interrupted
stop-interrupted-words = It’s us, not you: we had to stop while signing you in. We keep no passwords, so please sign in again.
stop-interrupted-next = Sign in again
stop-unanswered = The time to answer ran out
stop-unanswered-words = { $bank } waits a short time only, and then starts from the beginning. Sign in again, and have the answer or your phone at hand.
stop-unanswered-next = Sign in again
stop-left-out = You left it out
stop-left-out-words = You finished without it. You can still add it.
stop-left-out-next = Sign in again
stop-too-long = It took too long
stop-too-long-words = { $bank } didn’t finish, so we stopped. Sign in again to go on.
stop-too-long-next = Sign in again
stop-signed-out = The bank wants you to sign in again
stop-signed-out-words = { $bank } doesn’t let us read any more with your last sign-in. What was read before is kept.
stop-signed-out-next = Sign in again
stop-consent-over = Sharing ended meanwhile
stop-consent-over-words = What you had agreed to ended while { $bank } was at work, so nothing was read.
stop-consent-over-next = Sign in again
stop-elsewhere = Not finished yet
stop-elsewhere-words = A sign-in to { $bank } was begun somewhere else and waits for an answer there. Answer it there, or sign in here with the same login.
stop-elsewhere-next = Sign in here
stop-broken = It didn’t work
stop-broken-words = It’s us, not you. Please try again.
stop-broken-next = Try again

## The page that finds a bank

banks-title = Choose your bank
banks-lead = One after the other: you can add the next one when this one is on its way.
banks-search-label = Search by name
banks-search = Search
banks-count-all = { $total ->
    [one] 1 bank
   *[other] { $total } banks
} to choose from.
banks-count-none = No bank called “{ $query }” is here.
banks-count = { $found } of { $total ->
    [one] 1 bank
   *[other] { $total } banks
} { $found ->
    [one] matches
   *[other] match
} “{ $query }”.
banks-none = What you can do
banks-none-less = Type less: a few letters of the name are enough.
banks-none-all = Some banks trade under another name. <a href="/connect/banks">See all { $total } banks</a>
banks-none-ask = Isn’t it here? Add your other banks, then tell { $partner } which one is missing: they can tell you what other ways there are.
banks-test = <b>These are test banks.</b> They aren’t real, and neither are their accounts.
bank-connected = Connected already. You can add another login
bank-login = Login ID and password
bank-asks = Asks one more question
bank-may-ask = May ask one more question

## The page that signs in

sign-in-title = Sign in to { $bank }
sign-in-lead = We sign in to read your accounts there. We make no payments and change nothing.
sign-in-test = <b>Test bank: never type a real password.</b> It isn’t a real bank. Use one of its test logins.
sign-in-last = <b>Last time: { $why }.</b> { $words }
sign-in-login = Login ID
sign-in-password = Password
sign-in-show = Show password
sign-in-once = <b>Used once, not kept.</b> Your password goes to { $bank } to sign you in, and is then forgotten. { $partner } never sees it.
sign-in-press = Sign in
sign-in-other = Choose another bank
fault-missing = Please fill this in
fault-too-long = That is too long: please check it

## The page that takes an answer for a bank

challenge-over = The time to answer is over
challenge-title = Answer { $bank }
challenge-heading-code = { $bank } asks for a code
challenge-heading = { $count ->
    [one] { $bank } asks for an answer
   *[other] { $bank } asks for { $count } answers
}
challenge-says = It says: “{ $description }”. It asks this to make sure that it’s you.
challenge-lead = It asks this to make sure that it’s you.
challenge-wrong = { $bank } says that this isn’t right. You can try again.
challenge-until = The bank waits until <b class="nb">{ $until }</b>. If the time runs out, you can sign in again.
challenge-until-over = The bank has stopped waiting. Go back to your banks to sign in again.
challenge-press = Answer
challenge-over-words = { $bank } waits a short time only, and that ran out before an answer came. Nothing else is lost: your other banks are kept.

## The page about banks that still wait

waiting-title = Finish it, or leave it out?
waiting-heading = { $count ->
    [one] { $banks } still waits for your answer
   *[other] { $banks } still wait for your answer
}
waiting-lead = Nothing is disclosed yet. Finish it first, or leave it out: it’s your choice.
waiting-finish = Finish it
waiting-finish-words = Answer, and see here when it is connected. Then make your declaration.
waiting-until = Waits until <span class="nb">{ $until }</span>
waiting-without = Leave it out
waiting-without-words = { $count ->
    [one] Then { $banks } is not connected, and { $partner } receives nothing from there. Everything else is disclosed, and your link is finished.
   *[other] Then { $banks } are not connected, and { $partner } receives nothing from there. Everything else is disclosed, and your link is finished.
}
waiting-without-words-visit = { $count ->
    [one] Then { $banks } is not connected, and { $partner } receives nothing from there. Everything else is disclosed.
   *[other] Then { $banks } are not connected, and { $partner } receives nothing from there. Everything else is disclosed.
}
waiting-press = Leave it out and finish
waiting-working-title = One moment
waiting-working-heading = { $count ->
    [one] { $banks } is still at work
   *[other] { $banks } are still at work
}
waiting-working-lead = Nothing is disclosed yet. It may ask you something, and once it is read we look whether an account seems to be missing.
waiting-working-wait = Wait for it
waiting-working-goes-on = This page goes on by itself.
waiting-working-without = Don’t want to wait?
waiting-working-without-words = Reading { $banks } goes on without you. But if it asks something then, you can’t answer here any more, and what may be missing there isn’t looked for.
waiting-working-press = Finish without waiting
waiting-over-title = Everything is read
waiting-over-lead = Nothing seems to be missing. Now make your declaration.

## The page before the declaration: what seems to be missing

check-title = Is anything missing?
check-lead = Before you declare that all is here: your transactions show something that isn’t. It may be nothing. It’s easy to forget an account, so we ask.
check-account = Money goes to an account that isn’t here
check-card = You make payments on a card that isn’t here
check-loan = You make payments on a loan that isn’t here
check-part-of-pay = Part of your pay may go somewhere else
check-shown = “{ $wording }”, { $times ->
    [one] once
   *[other] { $times } times
} in the last six months. The last was { $amount } on { $last }.
check-from = From { $account }
check-add = Add it
check-not-mine = It isn’t mine
check-not-so = That’s not so
check-kept = { $partner } can see what you were asked here and what you ticked. You don’t have to explain anything.

## Thank you

done-title = Thank you
done-not-me = Then somebody with that phone finished this. Tell { $partner } now: they can end the sharing at once.
done-heading = Thank you. That’s everything.
done-lead-back = You have declared to { $partner } that all your accounts are disclosed. You can go back now.
done-lead = You have declared to { $partner } that all your accounts are disclosed. You can close this page.
done-receipt = Your receipt
done-shared-with = Shared with
done-banks = Banks
done-declared = You declared
done-declared-when = All accounts disclosed, { $when }
done-used-up = Your link is used up. Forgot an account, or want to stop sharing? Tell { $partner }: they can send you a new link, or end the sharing at once.
done-used-up-visit = Forgot an account, or want to stop sharing? Come here again from { $partner }, or tell them: they can end the sharing.
shared-bank = { $bank }: { $what }
shared-working = still at work: it goes on by itself
shared-asking = not connected: it asked something after you had finished
shared-nothing = not connected
shared-before = { $accounts }, as read before

## They said no, or left

left-title = You left without finishing
left-not-me = Then somebody with that phone was here. Tell { $partner }: they can correct the number.
left-lead = { $partner } doesn’t have your word that all accounts are disclosed. Your link is closed.
left-lead-visit = { $partner } doesn’t have your word that all accounts are disclosed.
left-goes-on = <b>What you agreed to goes on</b> until { $until }. To end it sooner, tell { $partner }: they can end it, or send you a link to your own page.
left-goes-on-banks = <b>What you agreed to and connected goes on</b> until { $until }. To end it sooner, tell { $partner }: they can end it, or send you a link to your own page.
left-nothing = Nothing is shared
left-nothing-lead = You said no, so { $partner } receives nothing from here. Your link is closed.
left-nothing-lead-visit = You said no, so { $partner } receives nothing from here.
left-changed = Changed your mind? Ask { $partner } for a new link. They can also tell you what other ways there are.
left-changed-visit = Changed your mind? Come here again from { $partner }. They can also tell you what other ways there are.

## The demo's stand-in for the partner's page

returned-title = Back from the link
returned-heading = Back at the partner’s page
returned-lead = In the demo this page stands for the partner’s own. It shows what came back in the address.
returned-empty = The address has no query. A link that is opened with <code>?state=…</code> brings its state back here.

## Dead ends: what happened, what it means, what to do next

end-go = Go to { $partner }
end-try-again = Try again
end-expired = This link has expired
end-expired-lead = It worked until { $when }. Nothing is lost: nobody used it.
end-expired-lead-bare = It worked until its last day. Nothing is lost: nobody used it.
end-expired-next = <b>Ask { $partner } for a new link.</b> Its code is texted to the number that they have for you.
end-replaced = There is a newer link
end-replaced-lead = { $partner } has made you another one, so this one closed on { $when }. Only the newest works.
end-replaced-lead-bare = { $partner } has made you another one. Only the newest works.
end-replaced-next = <b>Look for the latest message</b> from { $partner } and open the link in it. Can’t find it? Ask them to send it again.
end-in-use = This link has been used
end-in-use-lead = The right code was entered, and somebody is going on with it in another window or on another device. A link lets one person in, once.
end-in-use-again = Was it you, in this browser?
end-in-use-again-hint = Then our answer was lost on its way to you. Enter the same code again to go on.
end-in-use-you = Was it you?
end-in-use-you-elsewhere = Was it you, somewhere else?
end-in-use-you-words = Go on there, where you entered the code.
end-in-use-gone = Is that window gone?
end-in-use-gone-press = This link closes by itself at <span class="nb">{ $at }</span> if nobody goes on there. Open it again after that: then a new one can be texted to you from here.
end-in-use-gone-ask = This link closes by itself at <span class="nb">{ $at }</span> if nobody goes on there. Ask { $partner } for a new one.
end-in-use-not-you = Can’t you, or wasn’t it you?
end-in-use-not-you-words = Tell { $partner }. They can close this link at once and send you a new one.
end-finished = This link is finished
end-finished-lead = This link was used up on { $when }, when somebody with your phone said that all accounts are disclosed. There is nothing more to do.
end-finished-lead-bare = This link was used up, when somebody with your phone said that all accounts are disclosed. There is nothing more to do.
end-finished-receipt = See your receipt
end-finished-next = <b>Forgot an account?</b> Ask { $partner } for a new link. If it wasn’t you who finished, tell them now: they can end the sharing at once.
end-left-unfinished = This link was left unfinished
end-left-unfinished-lead = You, or somebody with your phone, entered the code and then stopped before saying that all accounts are disclosed. A link works once, so this one is closed.
end-left-unfinished-next = <b>To go on, ask { $partner } for a new link.</b>
end-nothing-agreed = Nothing is shared
end-nothing-agreed-lead = You, or somebody with your phone, entered the code, and nothing is agreed to. So { $partner } receives nothing from here. A link works once, so this one is closed.
end-nothing-agreed-next = <b>Changed your mind?</b> Ask { $partner } for a new link. They can also tell you what other ways there are.
end-timed-out = This link closed unfinished
end-timed-out-lead = The code was entered, and then nothing happened for too long. To keep you safe, the link closed by itself on { $when }.
end-timed-out-lead-bare = The code was entered, and then nothing happened for too long. To keep you safe, the link closed by itself.
end-timed-out-next = <b>To go on, ask { $partner } for a new link.</b>
end-kept = What you agreed to and connected is kept.
end-nothing-kept = Nothing is agreed to, and nothing is shared.
end-press-lost = If you pressed a button after that, it doesn’t count.
end-idle = We closed this page, to keep you safe
end-idle-lead = Nothing happened here for a while, so the page closed by itself on { $when }.
end-idle-lead-bare = Nothing happened here for a while, so the page closed by itself.
end-idle-next = <b>To go on, ask { $partner } for a new link.</b> A link works once, so the one you came with is closed. The new one shows how things stand.
end-visit-next = <b>To go on, come here from { $partner } again.</b> You see then how things stand.
end-too-long = Your time here is over
end-too-long-lead = You may stay here for a limited time, and that was over on { $when }.
end-too-long-lead-bare = You may stay here for a limited time, and that was over.
end-too-long-next = <b>To go on, ask { $partner } for a new link.</b> A link works once, so the one you came with is closed. The new one shows how things stand.
end-locked = This link is locked
end-locked-lead = A wrong code was entered too many times. To protect you, the link is closed for good. Nobody got in.
end-locked-next = <b>Ask { $partner } for a new link.</b> Wasn’t it you? Then someone else had your link, but not your phone: tell { $partner } that, too.
end-withdrawn = This link was withdrawn
end-withdrawn-lead = { $partner } has taken this link back on { $when }. Nobody can use it any more.
end-withdrawn-lead-bare = { $partner } has taken this link back. Nobody can use it any more.
end-withdrawn-next = <b>Did you still need it?</b> Ask { $partner }: they can say why, and send you a new one.
end-link-unknown = We don’t know this link
end-link-unknown-lead = Part of the address may have been lost on its way, or it ended long ago.
end-link-unknown-first = Open it from the message
end-link-unknown-first-words = Tap the link itself, rather than copying it.
end-still-here = Still seeing this page?
end-link-unknown-ask = Ask the company that sent it for a new link.
end-session-unknown = Nothing is open in this browser
end-session-unknown-lead = This page goes on from a link, and in this browser none has been opened, or it ended long ago.
end-session-unknown-first = Open your link again
end-session-unknown-first-words = Use the same browser in which you entered the code, and let it keep this site’s cookie.
end-session-unknown-ask = Ask the company that sent the link for a new one.
end-token-dead = This address no longer works
end-token-dead-lead = It led here for a limited time, and that is over, or it was taken back.
end-token-dead-next = <b>Start again from where you came.</b> If you came by a link in a message, ask the company that sent it for a new one.
end-token-used = This address was used already
end-token-used-lead = It opens this page once, and it has done so already.
end-token-used-go = Go on in this browser
end-token-used-next = <b>Was it opened somewhere else?</b> Then go on there. If that wasn’t you, tell the company that sent your link: they can close it at once.
end-link-required = You need a link for this
end-link-required-lead = For this, your mobile number has to be confirmed, and that is done by a link and a code.
end-link-required-next = <b>Ask the company that sent you here for a link.</b> Its code is texted to the number that they have for you.
end-policy-changed = Please read it again
end-policy-changed-lead = What { $partner } asks for, or how it is said here, changed while you were reading. What you pressed counts for nothing: nothing is agreed to.
end-policy-changed-go = Read what it asks for now
end-agreed-already = You have agreed already
end-agreed-already-lead = You agreed a moment ago, perhaps in another window, so “No” can’t be said here any more. You can still leave.
end-agreed-already-go = Go on, or leave there
end-agreed-already-back = To take back what you agreed to, <a href="/manage">open your own page</a>: there it ends at once.
end-too-many-banks = That’s as many banks as fit
end-too-many-banks-lead = You have signed in with so many logins that no more fit. Nothing is lost: what is connected stays connected.
end-too-many-banks-next = If a bank is still missing, finish here and tell { $partner }: they can help you with the rest.
end-policy-missing = This isn’t ready yet
end-policy-missing-lead = { $partner } hasn’t said yet what it asks for and why, and without that there is nothing to agree to. Nothing was shared.
end-policy-missing-next = <b>Tell { $partner }</b> that its consent policy is missing, then open this page again.
end-forged = Please try that again
end-forged-lead = The form you sent belongs to another page, or to an older one. To protect you, nothing was done.
end-forged-ask = <b>Still seeing this page?</b> Let your browser keep this site’s cookie, and open the link from the message again.
end-busy = Please wait a moment
end-busy-lead = Too many people are here at once, so nothing was done. Your link is untouched.
end-busy-next = <b>Wait half a minute, then try again.</b> It’s safe: nothing counts twice. If it lasts, ask the company that sent your link.
end-broken = Something broke on our side
end-broken-lead = It’s us, not you. We can’t say whether your last step still counted.
end-broken-next = <b>Wait a minute, then try again.</b> It’s safe: you see there how things stand. If it lasts, tell the company that sent your link.

## A new link by text, for who holds one that is over

new-link-press = Text me a new link
new-link-newest = Text me the newest link
new-link-to = It goes to your mobile ending in <b class="num">{ $ending }</b>, if that is still the number that { $partner } has for you.
new-link-to-bare = It goes to the mobile number that { $partner } has for you.
new-link-else = <b>Do you have another number by now, or does no text come?</b> Ask { $partner } for a new link.
new-link-else-locked = <b>Wasn’t it you?</b> Then someone else had your link, but not your phone: tell { $partner }.
sent-title = Look at your phone
sent-lead = If { $partner } has your number and a link to give, a text with it is on its way. For everyone’s safety this page says no more than that.
sent-open = Open the link in the text
sent-open-words = It can take a minute or two. Asked twice? Use the newest message: only the newest link works.
sent-nothing = Nothing after a few minutes?
sent-nothing-words = Look among unknown senders as well. Then ask { $partner } for a new link: asking here again brings a few texts a day at most.
# Stands behind the code, in the same line: "012345 is your code …".
text-code = is your code to share bank data with { $partner }. Nobody will phone you to ask for it.
text-new-link = { $partner }: your link to share bank data. Not asked for? Ignore it.

## Sharing for longer

extend-title = Share for longer
extend-not-me = Then press “Leave it as it is”, close this page and tell { $partner }: they can correct the number.
extend-heading = Go on sharing with { $partner }?
extend-lead = What you share now ends by itself on <strong>{ $ends }</strong>. You can let it go on until <strong>{ $until }</strong>.
extend-none = Nothing to do
extend-none-lead = You share with { $partner } until <strong>{ $ends }</strong> already. Today it can’t be made longer.
extend-same = Nothing else changes
extend-would-end = Would end by itself
extend-yes = Go on until then
extend-no = Leave it as it is
extend-choice = It’s your choice. If you leave it as it is, sharing ends on { $ends } and what was collected is deleted here.

## Signing in again

renew-not-me = Then press “Done”, close this page and tell { $partner }: they can correct the number.
renew-none = No bank is connected
renew-none-lead = So there is none to sign in to again. You can <a href="/connect/banks">add a bank</a>.
renew-fine = Every bank works
renew-fine-lead = { $partner } can read from all that you connected. There is nothing to do.
renew-almost = Almost done
renew-almost-lead = What you signed in to is being read. That goes on by itself.
renew-lead = { $count ->
    [one] { $partner } can’t read from one bank any more. Sign in there once more; your accounts stay the same ones.
   *[other] { $partner } can’t read from some banks any more. Sign in there once more; your accounts stay the same ones.
}
renew-needed = Needs you to sign in
renew-working = At work
renew-look = See how far it is
renew-connected = Connected
renew-login-title = Sign in to { $bank } again
renew-login-not-me = Then don’t sign in. Close this page and tell { $partner }: they can correct the number.
renew-login-lead = With the same login as before. Your accounts stay the same ones: { $accounts }.
renew-login-lead-bare = With the same login as before.
renew-login-later = Not now
fault-other-login = That is another login. To add it as well, choose “Add another bank”
former-title = You had these connected before
former-lead = That ended with what you had agreed to. Sign in there again to go on sharing from them.
former-renewing = <b>Signed in where it was needed?</b> <a href="/connect/renew">See what is left, and finish</a>

## The ends of what somebody was sent here for

errand-done = Done
finished-title = All done
finished-not-me = Then somebody with that phone, or signed in at { $partner } in your name, was here. Tell { $partner } now: they can end the sharing at once.
finished-until = You share with { $partner } until <strong>{ $until }</strong>. Then it ends by itself.
finished-nothing = Nothing is shared with { $partner }.
finished-at = Finished { $when }.
finished-close = You can close this page.
nothing-title = Nothing is shared
nothing-heading = Nothing is shared with { $partner }
nothing-lead = You were sent here to go on with what you share, but there is nothing: it ended, or was never agreed to.
nothing-again = <b>Want to share again?</b> Ask { $partner }: they can send you a link, where you see first what they ask for.

## The person's own page

manage-title = What you share
manage-link = See and stop what you share
manage-not-me = Then somebody with that phone, or signed in at { $partner } in your name, agreed to this. Tell { $partner } now: they can end it at once.
manage-lead = { $partner } can see your bank data until <strong>{ $ends }</strong>. You can stop it at any time.
manage-stopped = <b>You stopped sharing from { $bank }.</b> Nothing is read there any more with that login, and what was read is deleted here.
manage-afterwards = Afterwards
manage-deleted = Deleted here
manage-copy = Deleted here. { $partner } may keep a copy from which everything that points to you has been taken out
manage-read = Last read: { $when }
manage-stop = Stop
manage-banks = Your banks, and adding another
manage-all = Stop everything
manage-all-lead = It takes effect at once: { $partner } can read nothing more.
manage-all-press = Stop all sharing
manage-nothing = You share nothing with { $partner } at the moment.
manage-ended = Ended
manage-ran-out = Ran out { $when }
manage-was-stopped = Stopped { $when }
manage-back = Back
nothing-before = See what you shared before

## What was agreed to, on that page and on the receipt

notice-title = What you agreed to, word for word
notice-lead = As you were shown it, in { $language }.

## Who read what, on that page

accesses-title = Who read your data
accesses-lead = Every time that somebody read your bank data here, day by day, for the last { $kept }. What { $partner } does with a copy of its own is not seen here.
accesses-none = Nobody has read your bank data here in the last { $kept }. When somebody does, you see it in this place.
access-application-accounts = { $partner } read your accounts
access-application-transactions = { $partner } read your transactions
access-application-identity = { $partner } read your name and contact details
access-application-connections = { $partner } read which banks you connected
access-application-attestation = { $partner } read what you declared when you finished
access-operator-accounts = The operator of this service exported your accounts
access-operator-transactions = The operator of this service exported your transactions
access-operator-identity = The operator of this service exported your name and contact details
access-operator-connections = The operator of this service looked up which banks you connected
access-operator-attestation = The operator of this service exported what you declared when you finished
access-times = { $times ->
    [1] Once, on { $last }
   *[other] { $times } times, last on { $last }
}
accesses-earlier = { $lines ->
    [1] One earlier line
   *[other] { $lines } earlier lines
}
accesses-older = There is more from before { $from }. It is kept too: ask { $partner } for the whole list.

## Stopping it, and the receipt

withdraw-title = Stop sharing?
withdraw-not-me = Then somebody with that phone, or signed in at { $partner } in your name, agreed to this. You may stop it; and tell { $partner }.
withdraw-all = Stop sharing with { $partner }?
withdraw-one = Stop sharing from { $bank }?
withdraw-lead = It takes effect the moment you press. It can’t be undone, but you can share again later.
withdraw-then = What happens then
withdraw-reads = { $partner } can read nothing more here.
withdraw-reads-from = { $partner } can read nothing more here: nothing new from { $banks }, and nothing of before.
withdraw-deleted = All that was collected is <b>deleted</b> here.
withdraw-copy = { $partner } may keep a copy from which everything that points to you has been taken out. That is what you agreed to.
withdraw-one-reads = Nothing more is read at { $bank } with this login, and { $partner } can’t read here what was read with it before.
withdraw-one-deleted = What was read with it is <b>deleted</b> here. Whatever else you share goes on.
withdraw-documents = If { $partner } has not decided yet, they may ask you for documents instead.
withdraw-ask = Ask { $partner } to delete that copy too
withdraw-ask-hint = They are told that you ask for it. It is theirs to do.
withdraw-press = Stop sharing
withdraw-keep = Keep sharing
receipt-title = Sharing has ended
receipt-lead = Since { $when }, { $partner } can no longer read any of it here.
receipt-number = Receipt number
receipt-ended = Ended
receipt-here = Here
receipt-here-all = All that was collected is deleted
receipt-there = At { $partner }
receipt-there-asked = They may keep a copy without anything that points to you. You asked them to delete it
receipt-there-copy = They may keep a copy from which everything that points to you has been taken out
receipt-there-told = They were told that it ended
receipt-keep = To keep this receipt, print this page or save it. The number helps { $partner } to find it.
receipt-back = Back to what you share
