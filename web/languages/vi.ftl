# Every word of the hosted pages, in Vietnamese as people in Australia read it. A message may hold <b>, <strong>
# and <code>, and what a page puts in ($partner is always there: who asks). The reader is "bạn" throughout.

## Around every page

partner-unknown = công ty đã đưa bạn đến đây
skip = Chuyển đến phần chính
rail-nobody = Chia sẻ dữ liệu ngân hàng
rail-safe = Không có gì nếu bạn chưa đồng ý
steps-name = Ba bước của bạn
step-confirm = Xác nhận đúng là bạn
step-confirm-hint = Mã gửi đến di động của bạn
step-agree = Đồng ý
step-agree-hint = Gì, vì sao, bao lâu
step-banks = Thêm các ngân hàng
step-banks-hint = Rồi xác nhận đã đủ
step-done = : đã xong
languages-name = Ngôn ngữ
foot-for = Theo yêu cầu của { $partner }. Không phải bạn?
foot-for-mobile = Theo yêu cầu của { $partner }, cho số di động tận cùng là <b class="num">{ $ending }</b>. Không phải bạn?
not-me = Vậy thì trang này dành cho người khác, hoặc { $partner } có một số khác của bạn. Hãy đóng trang này và báo cho { $partner }: họ có thể sửa số và gửi liên kết mới. Ai không có chiếc điện thoại đó thì không thể tiếp tục.
not-me-inside = Vậy thì hãy quay lại các ngân hàng của bạn, bấm “Rời đi mà không hoàn tất” ở đó và báo cho { $partner }: họ có thể sửa số và gửi liên kết mới.
list-pair = { $first } và { $last }
list-more = { $first }, { $next }
error-title = Lỗi: { $what }
back-to-banks = Quay lại các ngân hàng của bạn
back-to-partner = Quay lại { $partner }
manage-url = Quản lý việc chia sẻ dữ liệu của bạn
sign-in-again = Đăng nhập lại
offline = <b>Bạn đang mất kết nối.</b> Không có gì bị mất: hãy tiếp tục ở đây khi có kết nối trở lại.
ending-in = tận cùng là
fact-purpose = Mục đích
fact-data = Dữ liệu
fact-agreed = Bạn đã đồng ý
fact-ends = Tự kết thúc

## Times and amounts (the patterns are chrono's)

moment-full = %H:%M UTC, %A, ngày %-d %B năm %Y
moment-clock = %H:%M UTC
moment-date = %-d %b, %Y
days = { $days ->
    [1] 1 ngày
    [365] 12 tháng
    [730] 2 năm
   *[other] { $days } ngày
}
accounts = { $count ->
    [0] không có tài khoản nào
   *[other] { $count } tài khoản
}

## The start page of a link

start-title = Chia sẻ dữ liệu ngân hàng của bạn
start-heading = { $partner } đề nghị xem dữ liệu ngân hàng của bạn
start-lead = Chỉ cho một mục đích: <strong>{ $purpose }.</strong> Việc này mất vài phút, và bạn có thể dừng bất cứ lúc nào.
start-lead-bare = Bạn sẽ đọc mục đích trước khi quyết định. Việc này mất vài phút, và bạn có thể dừng bất cứ lúc nào.
start-confirm = Chúng tôi nhắn một mã đến số di động của bạn tận cùng là <b class="num">{ $ending }</b>.
start-agree = Đồng ý hoặc không
start-agree-words = Bạn xem dữ liệu nào sẽ được chia sẻ, vì sao và trong bao lâu. Không có gì được chia sẻ trước khi bạn đồng ý.
start-banks-words = Bạn đăng nhập tại đây lần lượt vào từng ngân hàng, bằng thông tin đăng nhập của ngân hàng đó. Khi đã khai báo tất cả tài khoản của mình, bạn xác nhận điều đó, và liên kết này không dùng được nữa.
start-no-texts = <b>Không thể gửi thêm tin nhắn cho liên kết này.</b> Hãy xin { $partner } một liên kết mới.
start-no-texts-alive = <b>Không thể gửi thêm tin nhắn cho liên kết này.</b> Mã mới nhất vẫn dùng được. Nếu mã không đến, hãy xin { $partner } một liên kết mới.
start-enter = Nhập mã của tôi
start-text = Nhắn mã cho tôi
start-text-again = Nhắn mã mới cho tôi
start-phone = Bạn đang dùng máy tính? Tiếp tục trên điện thoại
start-until = Liên kết này dùng được đến { $until }. Mở ra xem không làm mất liên kết. Không phải số của bạn? Hãy nhờ { $partner } đổi số và gửi cho bạn liên kết mới.

## The page that hands a link over to a phone

phone-title = Tiếp tục trên điện thoại
phone-lead = Hướng máy ảnh điện thoại vào mã QR. Trang này sẽ mở ra ở đó.
phone-square = Mã QR chứa địa chỉ liên kết của bạn
phone-words = Việc này không làm mất liên kết: điện thoại của bạn cũng hỏi mã như trang này, và ai nhập mã trước thì đi tiếp. Đừng để người khác chụp ảnh mã này.
phone-back = Tiếp tục ở đây

## The page that takes the code

code-title = Nhập mã của bạn
code-heading = Nhập mã chúng tôi đã nhắn cho bạn
code-lead = Mã được gửi đến số di động của bạn tận cùng là <b class="num">{ $ending }</b> và dùng được đến <b class="nb">{ $until }</b>.
code-text-new = <b>Chúng tôi đã nhắn một mã mới lúc { $sent }.</b> Mã trước đó không còn dùng được.
code-text-not-again = <b>Không có tin nhắn nào khác được gửi.</b> Tin cuối cùng đã gửi lúc { $sent }: hãy chờ một chút. Bạn có thể yêu cầu tin khác lúc { $at }.
code-label = Mã 6 chữ số
code-hint = Đừng cho ai biết mã này: ngoài trang này, không ai cần đến nó.
code-auto = Khi đủ sáu chữ số, chúng tôi tự tiếp tục sau giây lát. Bạn có thể dừng việc đó.
code-going = Sắp tiếp tục
code-stop = Chờ đã
code-stopped = Đã dừng. Bấm “Tiếp tục” khi mã đã đúng.
code-continue = Tiếp tục
code-refused = Chúng tôi không nhắn tin cho bạn được
code-refused-words = Số di động tận cùng là <b class="num">{ $ending }</b> không nhận tin nhắn của chúng tôi, nên không có mã nào đang được gửi.
code-refused-yours = Đó có phải là số của bạn?
code-refused-yours-words = Hãy kiểm tra xem điện thoại có đang bật, có sóng và không chặn người gửi lạ hay không. Sau đó hãy yêu cầu mã mới. Vẫn không được? Hãy báo cho { $partner }: họ có thể cho bạn biết còn những cách nào khác.
code-refused-other = Đó là một số khác?
code-refused-other-words = Hãy nhờ { $partner } đổi số và gửi cho bạn liên kết mới.
code-none = Yêu cầu mã mới
code-none-words = Hiện không có mã nào đang chờ bạn: mỗi mã chỉ dùng được trong vài phút. Mã mới sẽ được gửi đến số di động của bạn tận cùng là <b class="num">{ $ending }</b>.
code-wait = Có thể gửi mã mới sau <span class="num">{ $seconds }</span> giây, lúc { $at }. Cho đến lúc đó, hãy dùng mã đang được gửi đến bạn.
code-wait-over = Bây giờ bạn có thể yêu cầu mã mới.
code-no-texts = <b>Không thể gửi thêm tin nhắn cho liên kết này.</b> Hãy xin { $partner } một liên kết mới.
code-no-texts-alive = <b>Không thể gửi thêm tin nhắn cho liên kết này.</b> Mã mới nhất vẫn dùng được cho đến giờ ghi ở trên. Nếu mã không đến, hãy xin { $partner } một liên kết mới.
code-missing = Chưa có tin nhắn?
code-missing-signal = Tin nhắn có thể mất một phút mới đến. Hãy kiểm tra xem điện thoại của bạn có sóng không.
code-missing-refused = Có thể tin nhắn không gửi đi được? <a href="{ $path }">Xem lại</a>: trang này sẽ cho bạn biết.
code-missing-unknown = Hãy tìm cả trong tin nhắn từ người gửi lạ.
code-missing-newest = Đã yêu cầu hai lần? Hãy dùng tin nhắn mới nhất: mỗi mã mới thay cho mã trước.
code-missing-number = { $ending } không phải là các số cuối của số bạn? Hãy nhờ { $partner } đổi số và gửi cho bạn liên kết mới.
code-fault-wrong-title = mã sai
code-fault-wrong = Mã này không đúng. { $tries ->
    [1] Bạn còn thử được một lần nữa; sau đó liên kết sẽ bị khóa.
   *[other] Bạn còn thử được { $tries } lần nữa.
}
code-fault-malformed-title = mã có sáu chữ số
code-fault-malformed = Mã có sáu chữ số. Những gì bạn nhập không bị tính là một lần thử; hãy xem lại tin nhắn.
code-fault-late-title = mã đã hết hạn
code-fault-late = Mã đó đã hết hạn. Lần thử của bạn không bị tính.
code-fault-no-cookie-title = trình duyệt của bạn không giữ cookie
code-fault-no-cookie = Trình duyệt của bạn không giữ cookie của trang này, và không có cookie thì bạn không thể tiếp tục. Mã của bạn chưa được dùng: hãy cho phép cookie của trang này, rồi nhập lại mã.

## The page that asks

consent-title = Đồng ý chia sẻ
consent-not-me = Vậy thì hãy bấm “Không, đừng chia sẻ”, đóng trang này và báo cho { $partner }: họ có thể sửa số và gửi liên kết mới.
consent-heading = Chia sẻ dữ liệu ngân hàng với { $partner }?
consent-lead = Chỉ cho một mục đích: <strong>{ $purpose }.</strong> { $sentence }
consent-earlier = <b>Những gì { $partner } đề nghị đã thay đổi.</b> Bạn đã đồng ý với một bản trước, có hiệu lực đến { $until }. Nếu bạn đồng ý với bản này, bản trước sẽ kết thúc, cùng với dữ liệu đã thu thập theo bản đó.
consent-new-purpose = <b>Mục đích mới.</b> Trước đây là: { $purpose }.
consent-new-data = Mới:
consent-gone-data = Không còn yêu cầu:
consent-new-duration = <b>Thời hạn mới:</b> { $now } kể từ hôm nay. Trước đây là { $before }.
consent-new-reach = <b>Khoảng dữ liệu mới:</b> { $now } trước đó. Trước đây là { $before }.
consent-new-parties = <b>Từ nay cũng có thể xem:</b> { $parties }.
consent-new-copy = <b>Mới:</b> khi việc chia sẻ kết thúc, { $partner } có thể giữ một bản sao đã loại bỏ mọi thông tin nhận dạng bạn.
consent-what = Những gì bạn sẽ chia sẻ
consent-what-words = Từ các tài khoản bạn kết nối. Mở từng mục để xem bên trong có gì.
consent-never = <b>Không bao giờ chia sẻ:</b> mật khẩu của bạn. Không ai có thể chuyển tiền bằng cách này.
consent-long = Trong bao lâu
consent-long-back = Dữ liệu bắt đầu từ ngày này
consent-long-today = Hôm nay
consent-long-agree = Bạn đồng ý
consent-long-ends = Việc chia sẻ tự kết thúc
consent-long-words = Tức là { $duration } kể từ hôm nay, với dữ liệu của { $reach } trước đó. Cho đến khi kết thúc, { $partner } có thể xem lại.
consent-then = Dữ liệu của bạn sẽ ra sao
consent-then-nobody = Dịch vụ này thu thập dữ liệu cho { $partner } và không đưa cho ai khác.
consent-then-parties = { $partner } làm việc với { $parties }; họ có thể xem dữ liệu cho cùng mục đích đó.
consent-then-retained = Khi việc chia sẻ kết thúc, dữ liệu ở đây sẽ bị xóa. { $partner } có thể giữ một bản sao đã loại bỏ mọi thông tin nhận dạng bạn.
consent-then-deleted = Khi việc chia sẻ kết thúc, dữ liệu ở đây sẽ bị <b>xóa</b>, và không thu thập thêm gì nữa.
consent-stop = Cách dừng lại
consent-stop-page = <b>Trên một trang của riêng bạn</b>, cho thấy bạn chia sẻ những gì và ai đã đọc. Trang này mở cho bạn khi bạn đã đồng ý; để quay lại sau này, hãy hỏi { $partner } để có liên kết đến trang đó.
consent-stop-words = <b>Qua { $partner }</b>: bất cứ lúc nào, hãy báo rằng bạn không còn đồng ý, và họ chấm dứt việc này ở đây.
consent-stop-at-once = Trên trang của bạn, việc đó có hiệu lực ngay khi bạn bấm; qua { $partner }, khi họ chấm dứt tại đây. Khi đó dữ liệu đã thu thập được xóa ở đây.
consent-stop-effect = Nếu bạn dừng trước khi { $partner } quyết định, họ có thể yêu cầu bạn đưa giấy tờ thay thế.
consent-yes = Tôi đồng ý
consent-no = Không, đừng chia sẻ
consent-choice = Đây là lựa chọn của bạn. Nếu bạn nói không, không có gì được chia sẻ và liên kết này không dùng được nữa. { $partner } sẽ cho bạn biết còn những cách nào khác.
consent-choice-visit = Đây là lựa chọn của bạn. Nếu bạn nói không, không có gì được chia sẻ. { $partner } sẽ cho bạn biết còn những cách nào khác.
consent-choice-again = Đây là lựa chọn của bạn. Nếu bạn nói không, không có gì mới được chia sẻ và liên kết này không dùng được nữa. { $partner } sẽ cho bạn biết còn những cách nào khác.
consent-choice-again-visit = Đây là lựa chọn của bạn. Nếu bạn nói không, không có gì mới được chia sẻ. { $partner } sẽ cho bạn biết còn những cách nào khác.

## What is shared, in the standard's own words (CDS, data language standards): never reworded

data-name-and-occupation = Tên và nghề nghiệp
data-name-occupation-contact-details = Tên, nghề nghiệp, thông tin liên lạc
data-organisation-profile = Hồ sơ tổ chức
data-organisation-profile-and-contact-details = Hồ sơ tổ chức và thông tin liên lạc
data-account-name-type-and-balance = Tên, loại và số dư tài khoản
data-account-balance-and-details = Số dư và chi tiết tài khoản
data-transaction-details = Chi tiết giao dịch
data-name = Tên
data-occupation = Nghề nghiệp
data-phone = Điện thoại
data-email-address = Địa chỉ email
data-mail-address = Địa chỉ gửi thư
data-residential-address = Địa chỉ cư trú
data-agent-name-and-role = Tên và vai trò của người đại diện
data-organisation-name = Tên tổ chức
data-organisation-numbers-abn-or-acn = Mã số tổ chức (ABN hoặc ACN)
data-charity-status = Tư cách tổ chức từ thiện
data-establishment-date = Ngày thành lập
data-industry = Ngành nghề
data-organisation-type = Loại hình tổ chức
data-country-of-registration = Quốc gia đăng ký
data-organisation-address = Địa chỉ tổ chức
data-phone-number = Số điện thoại
data-name-of-account = Tên tài khoản
data-type-of-account = Loại tài khoản
data-account-balance = Số dư tài khoản
data-account-number = Số tài khoản
data-interest-rates = Lãi suất
data-fees = Phí
data-discounts = Ưu đãi
data-account-terms = Điều khoản tài khoản
data-account-mail-address = Địa chỉ gửi thư của tài khoản
data-incoming-and-outgoing-transactions = Giao dịch tiền vào và tiền ra
data-amounts = Số tiền
data-dates = Ngày
data-descriptions = Nội dung mô tả
data-who-you-have-sent-money-to-and-received-money-from = Bạn đã gửi tiền cho ai và nhận tiền từ ai
data-to-check-that-the-accounts-are-yours = Để kiểm tra rằng các tài khoản là của bạn
data-to-check-that-the-accounts-are-your-organisation-s = Để kiểm tra rằng các tài khoản là của tổ chức của bạn
data-to-know-what-you-have-and-what-you-owe = Để biết bạn có gì và nợ gì
data-to-know-the-terms-of-your-accounts = Để biết các điều khoản của tài khoản của bạn
data-to-work-out-your-income-and-your-spending = Để tính thu nhập và chi tiêu của bạn

## The hub: the banks of a person

connect-title = Các ngân hàng của bạn
connect-not-me = Vậy thì hãy bấm “Rời đi mà không hoàn tất” và báo cho { $partner }: họ có thể sửa số và gửi liên kết mới.
connect-carried = Chào mừng bạn trở lại. Những gì bạn đã đồng ý với { $partner } vẫn tiếp tục; bạn không cần đồng ý lại điều gì.
connect-agreed = Bạn đã đồng ý.
connect-add-first = Bây giờ hãy thêm lần lượt các ngân hàng nơi bạn có tài khoản. Hãy bắt đầu với ngân hàng nhận lương của bạn.
connect-add-more = Hãy thêm mọi ngân hàng nơi bạn có tài khoản. Khi đã đủ, hãy xác nhận ở bên dưới.
connect-single = { $partner } chỉ cần một lần đăng nhập, và đã có ở đây. Khi hoàn tất, hãy xác nhận bên dưới.
connect-still = Trang này không tự cập nhật. <a href="/connect">Xem đã đến đâu</a>
connect-reloads = Trang này xem lại mỗi 5 giây. <a href="/connect?still=1">Để trang đứng yên</a>
connect-agreed-heading = Những gì bạn đã đồng ý
connect-leave = Để lúc khác?
connect-leave-words = Bạn có thể rời đi mà không cam đoan như trên. Khi đó liên kết của bạn sẽ đóng và { $partner } phải gửi cho bạn liên kết mới. Những gì bạn đã đồng ý và kết nối vẫn tiếp tục đến { $until }, trừ khi bạn báo cho { $partner } chấm dứt.
connect-leave-words-visit = Bạn có thể rời đi mà không cam đoan như trên, và quay lại từ { $partner }. Những gì bạn đã đồng ý và kết nối vẫn tiếp tục đến { $until }, trừ khi bạn báo cho { $partner } chấm dứt.
connect-leave-to = Bạn sẽ được đưa trở lại { $name }.
connect-leave-press = Rời đi mà không hoàn tất
live-since = Đang xử lý từ { $since }.
pace-minute = Thường xong trong chưa đầy một phút.
pace-minutes = Thường mất khoảng { $count } phút.
pace-long = Lần này lâu hơn bình thường. Việc này tự tiếp tục; trong lúc chờ, bạn có thể thêm một ngân hàng khác.
live-waits = Chờ bạn trả lời đến <span class="nb">{ $until }</span>
live-answer = Trả lời { $bank }
live-read = { $connected }, đọc lúc { $read }
of-bank = , { $bank }
live-owes = , bạn đang nợ
live-add-first = Thêm một ngân hàng
live-add = Thêm ngân hàng khác
live-sign = Lời cam đoan của bạn
live-sign-words = Tôi đã cho { $partner } biết về tất cả các tài khoản liên quan đến việc này, và không bỏ sót tài khoản nào.
live-sign-none = { $partner } chưa thấy tài khoản nào của bạn. Chỉ hoàn tất mà không thêm nếu không có ngân hàng nào để thêm.
live-working = Vẫn đang xử lý: { $banks }. Nếu bạn hoàn tất trước khi xong, bạn sẽ được hỏi có muốn chờ không.
live-asking = Đang chờ bạn trả lời: { $banks }. Nếu bạn hoàn tất trước, bạn sẽ được hỏi muốn làm gì với việc này.
live-stopped = Chưa kết nối: { $banks }. { $partner } không nhận được gì mới từ đó.
live-disclose = Tôi đã khai báo tất cả tài khoản của mình
live-disclose-words = Bấm nút này là kết thúc liên kết của bạn: không thể mở lại. Những gì bạn đã đồng ý vẫn tiếp tục.
live-disclose-words-visit = Bấm nút này là kết thúc lần này ở đây. Những gì bạn đã đồng ý vẫn tiếp tục.
closes-working = Trong khi một ngân hàng đang được xử lý, trang này vẫn mở. Sau đó trang sẽ tự đóng nếu không có thao tác nào trong một lúc.
closes-idle = Để giữ an toàn cho bạn, trang này sẽ tự đóng nếu không có thao tác nào cho đến { $at }.
closes-last = Để giữ an toàn cho bạn, trang này sẽ tự đóng vào lúc { $at }.
closes-still = <b>Bạn còn ở đây không?</b> Để giữ an toàn cho bạn, trang này sắp tự đóng.
closes-stay = Tôi vẫn ở đây
closes-soon = <b>Thời gian của bạn ở đây sắp hết.</b> Để giữ an toàn cho bạn, trang này sắp đóng. Những gì bạn đã đồng ý và kết nối vẫn được giữ.
closes-soon-bare = <b>Thời gian của bạn ở đây sắp hết.</b> Để giữ an toàn cho bạn, trang này sắp đóng.
told-working = { $bank }: { $step }.
told-asking = { $bank } đang chờ bạn trả lời.
told-stopped = { $bank }: { $why }.
told-connected = { $bank }: { $connected }.
at-work = đang xử lý
connected = Đã kết nối, { $found }
live-nothing = { $bank } không cho thấy tài khoản nào với thông tin đăng nhập này. Nếu bạn có tài khoản ở đó, hãy đăng nhập bằng thông tin khác.
live-nothing-next = Dùng thông tin đăng nhập khác
found-elsewhere-only = { $elsewhere }, đã được chia sẻ qua một ID đăng nhập khác
found-and-elsewhere = { $here }, và { $elsewhere } đã được chia sẻ qua một ID đăng nhập khác
step-sign-in = Đăng nhập
step-question = Trả lời câu hỏi của ngân hàng
step-accounts = Tìm tài khoản
step-transactions = Lấy giao dịch
step-not-needed = { $step }: không cần
mark-next = Tiếp theo
mark-now = Đang thực hiện
mark-was = Đã xong
kind-transaction = Giao dịch hằng ngày
kind-savings = Tiết kiệm
kind-credit-card = Thẻ tín dụng
kind-mortgage = Vay mua nhà
kind-loan = Khoản vay
kind-investment = Đầu tư
kind-term-deposit = Tiền gửi có kỳ hạn
kind-unknown = Tài khoản

## Why a bank stopped: what happened, what it means, and what its button says

stop-wrong-login = ID đăng nhập hoặc mật khẩu sai
stop-wrong-login-words = { $bank } không chấp nhận những gì bạn đã nhập. Hãy kiểm tra cả hai trước khi thử lại: ngân hàng thường khóa đăng nhập sau vài lần nhập sai.
stop-wrong-login-next = Thử lại
stop-locked = Ngân hàng đã khóa đăng nhập của bạn
stop-locked-words = { $bank } làm vậy để bảo vệ bạn, và chỉ { $bank } mới mở khóa được. Hãy liên lạc với ngân hàng qua ứng dụng của họ hoặc số điện thoại trên thẻ của bạn. Sau đó quay lại đây.
stop-locked-next = Đã mở khóa: đăng nhập lại
stop-action-needed = Ngân hàng cần bạn làm một việc trước
stop-action-needed-words = { $bank } muốn bạn làm một việc trong ứng dụng hoặc trang web của họ trước: chẳng hạn chấp nhận điều khoản mới, hoặc đổi mật khẩu cũ. Hãy làm việc đó, rồi quay lại đây.
stop-action-needed-next = Tôi đã làm xong: đăng nhập lại
stop-unavailable = Ngân hàng không phản hồi
stop-unavailable-words = Lỗi ở phía { $bank }, không phải do bạn. Hãy thử lại ngay, hoặc sau vài phút. Trong lúc đó bạn có thể thêm các ngân hàng khác.
stop-unavailable-next = Thử lại
stop-interrupted = Chúng tôi bị gián đoạn
stop-interrupted-words = Lỗi ở phía chúng tôi, không phải do bạn: chúng tôi đã phải dừng lại khi đang đăng nhập cho bạn. Chúng tôi không giữ mật khẩu, nên xin bạn đăng nhập lại.
stop-interrupted-next = Đăng nhập lại
stop-unanswered = Đã hết giờ trả lời
stop-unanswered-words = { $bank } chỉ chờ trong thời gian ngắn, rồi bắt đầu lại từ đầu. Hãy đăng nhập lại, và chuẩn bị sẵn câu trả lời hoặc điện thoại của bạn.
stop-unanswered-next = Đăng nhập lại
stop-left-out = Bạn đã bỏ qua ngân hàng này
stop-left-out-words = Bạn đã hoàn tất mà không có ngân hàng này. Bạn vẫn có thể thêm vào.
stop-left-out-next = Đăng nhập lại
stop-too-long = Việc này mất quá nhiều thời gian
stop-too-long-words = { $bank } không làm xong, nên chúng tôi đã dừng lại. Hãy đăng nhập lại để tiếp tục.
stop-too-long-next = Đăng nhập lại
stop-signed-out = Ngân hàng muốn bạn đăng nhập lại
stop-signed-out-words = { $bank } không cho chúng tôi đọc thêm bằng lần đăng nhập trước của bạn. Những gì đã đọc trước đó vẫn được giữ.
stop-signed-out-next = Đăng nhập lại
stop-consent-over = Việc chia sẻ đã kết thúc trong lúc đó
stop-consent-over-words = Những gì bạn đã đồng ý đã kết thúc trong khi { $bank } đang được xử lý, nên không có gì được đọc.
stop-consent-over-next = Đăng nhập lại
stop-elsewhere = Chưa hoàn tất
stop-elsewhere-words = Việc đăng nhập vào { $bank } đã được bắt đầu ở nơi khác và đang chờ câu trả lời ở đó. Hãy trả lời ở đó, hoặc đăng nhập ở đây bằng cùng thông tin đăng nhập.
stop-elsewhere-next = Đăng nhập ở đây
stop-broken = Không thực hiện được
stop-broken-words = Lỗi ở phía chúng tôi, không phải do bạn. Xin bạn thử lại.
stop-broken-next = Thử lại

## The page that finds a bank

banks-title = Chọn ngân hàng của bạn
banks-lead = Lần lượt từng ngân hàng: bạn có thể thêm ngân hàng tiếp theo khi ngân hàng này đang được xử lý.
banks-search-label = Tìm theo tên
banks-search = Tìm
banks-count-all = Có { $total } ngân hàng để chọn.
banks-count-none = Không có ngân hàng nào tên “{ $query }” ở đây.
banks-count = { $found } trong số { $total } ngân hàng khớp với “{ $query }”.
banks-none = Bạn có thể làm gì
banks-none-less = Gõ ít hơn: chỉ cần vài chữ cái của tên là đủ.
banks-none-all = Một số ngân hàng hoạt động dưới tên khác. <a href="/connect/banks">Xem tất cả { $total } ngân hàng</a>
banks-none-ask = Không có ở đây? Hãy thêm các ngân hàng khác của bạn, rồi báo cho { $partner } ngân hàng nào còn thiếu: họ có thể cho bạn biết còn những cách nào khác.
banks-test = <b>Đây là các ngân hàng thử nghiệm.</b> Chúng không có thật, và các tài khoản ở đó cũng vậy.
bank-connected = Đã kết nối. Bạn có thể thêm một ID đăng nhập khác
bank-login = ID đăng nhập và mật khẩu
bank-asks = Hỏi thêm một câu
bank-may-ask = Có thể hỏi thêm một câu

## The page that signs in

sign-in-title = Đăng nhập vào { $bank }
sign-in-lead = Chúng tôi đăng nhập để đọc các tài khoản của bạn ở đó. Chúng tôi không thanh toán và không thay đổi gì.
sign-in-test = <b>Ngân hàng thử nghiệm: đừng bao giờ nhập mật khẩu thật.</b> Đây không phải ngân hàng thật. Hãy dùng một trong các ID đăng nhập thử nghiệm.
sign-in-last = <b>Lần trước: { $why }.</b> { $words }
sign-in-login = ID đăng nhập
sign-in-password = Mật khẩu
sign-in-show = Hiện mật khẩu
sign-in-once = <b>Chỉ dùng một lần, không giữ lại.</b> Mật khẩu của bạn được gửi đến { $bank } để đăng nhập cho bạn, rồi không được lưu lại. { $partner } không bao giờ thấy mật khẩu đó.
sign-in-press = Đăng nhập
sign-in-other = Chọn ngân hàng khác
fault-missing = Xin điền vào ô này
fault-too-long = Quá dài: xin kiểm tra lại

## The page that takes an answer for a bank

challenge-over = Đã hết giờ trả lời
challenge-title = Trả lời { $bank }
challenge-heading-code = { $bank } yêu cầu một mã
challenge-heading = { $bank } yêu cầu { $count } câu trả lời
challenge-says = Ngân hàng viết: “{ $description }”. Ngân hàng hỏi điều này để chắc chắn đó là bạn.
challenge-lead = Ngân hàng hỏi điều này để chắc chắn đó là bạn.
challenge-wrong = { $bank } cho biết câu trả lời không đúng. Bạn có thể thử lại.
challenge-until = Ngân hàng chờ đến <b class="nb">{ $until }</b>. Nếu hết giờ, bạn có thể đăng nhập lại.
challenge-until-over = Ngân hàng không chờ nữa. Hãy quay lại các ngân hàng của bạn để đăng nhập lại.
challenge-press = Trả lời
challenge-over-words = { $bank } chỉ chờ trong thời gian ngắn, và đã hết giờ trước khi có câu trả lời. Ngoài ra không mất gì: các ngân hàng khác của bạn vẫn được giữ.

## The page about banks that still wait

waiting-title = Hoàn tất hay bỏ qua?
waiting-heading = { $count ->
   *[other] { $banks } vẫn đang chờ bạn trả lời
}
waiting-lead = Chưa có gì được khai báo. Hãy hoàn tất trước, hoặc bỏ qua: đây là lựa chọn của bạn.
waiting-finish = Hoàn tất
waiting-finish-words = Hãy trả lời, và xem ở đây khi ngân hàng đã kết nối. Sau đó hãy cam đoan.
waiting-until = Chờ đến <span class="nb">{ $until }</span>
waiting-without = Bỏ qua
waiting-without-words = { $count ->
   *[other] Khi đó { $banks } không được kết nối, và { $partner } không nhận được gì từ đó. Mọi thứ khác được khai báo, và liên kết của bạn kết thúc.
}
waiting-without-words-visit = { $count ->
   *[other] Khi đó { $banks } không được kết nối, và { $partner } không nhận được gì từ đó. Mọi thứ khác đã được khai báo.
}
waiting-press = Bỏ qua và kết thúc
waiting-working-title = Xin chờ một lát
waiting-working-heading = { $count ->
   *[other] { $banks } vẫn đang được xử lý
}
waiting-working-lead = Chưa có gì được khai báo. Ngân hàng có thể hỏi bạn một câu, và khi đọc xong, chúng tôi xem có tài khoản nào có vẻ còn thiếu không.
waiting-working-wait = Chờ đọc xong
waiting-working-goes-on = Trang này sẽ tự chuyển tiếp.
waiting-working-without = Bạn không muốn chờ?
waiting-working-without-words = Việc đọc { $banks } vẫn tiếp tục khi không có bạn. Nhưng nếu lúc đó ngân hàng hỏi điều gì, bạn không thể trả lời ở đây nữa, và chúng tôi không tìm xem ở đó có gì còn thiếu.
waiting-working-press = Hoàn tất không chờ
waiting-over-title = Đã đọc xong mọi thứ
waiting-over-lead = Có vẻ không thiếu gì. Bây giờ hãy cam đoan.

## The page before the declaration: what seems to be missing

check-title = Có thiếu gì không?
check-lead = Trước khi bạn khai rằng mọi thứ đã ở đây: giao dịch của bạn cho thấy một thứ chưa có. Có thể không sao cả. Rất dễ quên một tài khoản, nên chúng tôi hỏi.
check-account = Có tiền chuyển đến một tài khoản chưa có ở đây
check-card = Bạn thanh toán cho một thẻ chưa có ở đây
check-loan = Bạn trả một khoản vay chưa có ở đây
check-part-of-pay = Một phần lương của bạn có thể được trả vào nơi khác
check-shown = “{ $wording }”, { $times } lần trong sáu tháng qua. Lần gần nhất là { $amount } vào { $last }.
check-from = Từ { $account }
check-add = Thêm vào
check-not-mine = Không phải của tôi
check-not-so = Không đúng như vậy
check-kept = { $partner } có thể thấy bạn đã được hỏi gì ở đây và bạn đã đánh dấu gì. Bạn không cần giải thích gì.

## Thank you

done-title = Cảm ơn bạn
done-not-me = Vậy thì ai đó có chiếc điện thoại ấy đã hoàn tất việc này. Hãy báo ngay cho { $partner }: họ có thể chấm dứt việc chia sẻ lập tức.
done-heading = Cảm ơn bạn. Vậy là đã xong.
done-lead-back = Bạn đã cam đoan với { $partner } rằng tất cả tài khoản của bạn đã được khai báo. Bây giờ bạn có thể quay lại.
done-lead = Bạn đã cam đoan với { $partner } rằng tất cả tài khoản của bạn đã được khai báo. Bạn có thể đóng trang này.
done-receipt = Biên nhận của bạn
done-shared-with = Chia sẻ với
done-banks = Ngân hàng
done-declared = Bạn đã cam đoan
done-declared-when = Đã khai báo tất cả tài khoản, { $when }
done-used-up = Liên kết của bạn không dùng được nữa. Quên một tài khoản, hoặc muốn ngừng chia sẻ? Hãy báo cho { $partner }: họ có thể gửi cho bạn liên kết mới, hoặc chấm dứt việc chia sẻ lập tức.
done-used-up-visit = Quên một tài khoản, hoặc muốn ngừng chia sẻ? Hãy quay lại đây từ { $partner }, hoặc báo cho { $partner }: họ có thể chấm dứt việc chia sẻ.
shared-bank = { $bank }: { $what }
shared-working = vẫn đang xử lý: việc này tự tiếp tục
shared-asking = chưa kết nối: ngân hàng hỏi sau khi bạn đã hoàn tất
shared-nothing = chưa kết nối
shared-before = { $accounts }, theo lần đọc trước

## They said no, or left

left-title = Bạn đã rời đi mà không hoàn tất
left-not-me = Vậy thì ai đó có chiếc điện thoại ấy đã ở đây. Hãy báo cho { $partner }: họ có thể sửa số.
left-lead = { $partner } chưa có lời cam đoan của bạn rằng tất cả tài khoản đã được khai báo. Liên kết của bạn đã đóng.
left-lead-visit = { $partner } chưa có lời cam đoan của bạn rằng tất cả tài khoản đã được khai báo.
left-goes-on = <b>Những gì bạn đã đồng ý vẫn tiếp tục</b> đến { $until }. Để chấm dứt sớm hơn, hãy báo cho { $partner }: họ có thể chấm dứt, hoặc gửi cho bạn một liên kết đến trang của riêng bạn.
left-goes-on-banks = <b>Những gì bạn đã đồng ý và kết nối vẫn tiếp tục</b> đến { $until }. Để chấm dứt sớm hơn, hãy báo cho { $partner }: họ có thể chấm dứt, hoặc gửi cho bạn một liên kết đến trang của riêng bạn.
left-nothing = Không có gì được chia sẻ
left-nothing-lead = Bạn đã nói không, nên { $partner } không nhận được gì từ đây. Liên kết của bạn đã đóng.
left-nothing-lead-visit = Bạn đã nói không, nên { $partner } không nhận được gì từ đây.
left-changed = Bạn đổi ý? Hãy xin { $partner } một liên kết mới. Họ cũng có thể cho bạn biết còn những cách nào khác.
left-changed-visit = Bạn đổi ý? Hãy quay lại đây từ { $partner }. Họ cũng có thể cho bạn biết còn những cách nào khác.

## The demo's stand-in for the partner's page

returned-title = Trở về từ liên kết
returned-heading = Trở về trang của đối tác
returned-lead = Trong bản demo, trang này thay cho trang riêng của đối tác. Trang cho thấy những gì đã trở về trong địa chỉ.
returned-empty = Địa chỉ không có phần truy vấn. Liên kết được mở với <code>?state=…</code> sẽ mang state của nó trở về đây.

## Dead ends: what happened, what it means, what to do next

end-go = Đi đến { $partner }
end-try-again = Thử lại
end-expired = Liên kết này đã hết hạn
end-expired-lead = Liên kết dùng được đến { $when }. Không mất gì cả: chưa ai dùng nó.
end-expired-lead-bare = Liên kết dùng được đến ngày cuối cùng của nó. Không mất gì cả: chưa ai dùng nó.
end-expired-next = <b>Hãy xin { $partner } một liên kết mới.</b> Mã sẽ được nhắn đến số điện thoại của bạn mà họ có.
end-replaced = Đã có liên kết mới hơn
end-replaced-lead = { $partner } đã tạo cho bạn một liên kết khác, nên liên kết này đã đóng vào { $when }. Chỉ liên kết mới nhất dùng được.
end-replaced-lead-bare = { $partner } đã tạo cho bạn một liên kết khác. Chỉ liên kết mới nhất dùng được.
end-replaced-next = <b>Hãy tìm tin nhắn mới nhất</b> từ { $partner } và mở liên kết trong đó. Không tìm thấy? Hãy nhờ họ gửi lại.
end-in-use = Liên kết này đã được dùng
end-in-use-lead = Mã đúng đã được nhập, và ai đó đang tiếp tục trong một cửa sổ khác hoặc trên một thiết bị khác. Một liên kết chỉ cho một người vào, một lần.
end-in-use-again = Có phải là bạn, trong trình duyệt này?
end-in-use-again-hint = Vậy thì câu trả lời của chúng tôi đã bị mất trên đường đến bạn. Hãy nhập lại đúng mã đó để tiếp tục.
end-in-use-you = Có phải là bạn?
end-in-use-you-elsewhere = Có phải là bạn, ở một nơi khác?
end-in-use-you-words = Hãy tiếp tục ở nơi bạn đã nhập mã.
end-in-use-gone = Cửa sổ đó không còn nữa?
end-in-use-gone-press = Liên kết này tự đóng lúc <span class="nb">{ $at }</span> nếu không ai tiếp tục ở đó. Sau đó hãy mở lại liên kết: khi ấy bạn có thể được nhắn một liên kết mới từ đây.
end-in-use-gone-ask = Liên kết này tự đóng lúc <span class="nb">{ $at }</span> nếu không ai tiếp tục ở đó. Hãy xin { $partner } một liên kết mới.
end-in-use-not-you = Không tiếp tục được, hoặc không phải là bạn?
end-in-use-not-you-words = Hãy báo cho { $partner }. Họ có thể đóng liên kết này lập tức và gửi cho bạn liên kết mới.
end-finished = Liên kết này đã kết thúc
end-finished-lead = Liên kết này không còn dùng được từ { $when }, khi ai đó có điện thoại của bạn xác nhận rằng tất cả tài khoản đã được khai báo. Bạn không cần làm gì thêm.
end-finished-lead-bare = Liên kết này không còn dùng được từ khi ai đó có điện thoại của bạn xác nhận rằng tất cả tài khoản đã được khai báo. Bạn không cần làm gì thêm.
end-finished-receipt = Xem biên nhận của bạn
end-finished-next = <b>Quên một tài khoản?</b> Hãy xin { $partner } một liên kết mới. Nếu người hoàn tất không phải là bạn, hãy báo ngay cho họ: họ có thể chấm dứt việc chia sẻ lập tức.
end-left-unfinished = Liên kết này đã bị bỏ dở
end-left-unfinished-lead = Bạn, hoặc ai đó có điện thoại của bạn, đã nhập mã rồi dừng lại trước khi xác nhận rằng tất cả tài khoản đã được khai báo. Mỗi liên kết chỉ dùng được một lần, nên liên kết này đã đóng.
end-left-unfinished-next = <b>Để tiếp tục, hãy xin { $partner } một liên kết mới.</b>
end-nothing-agreed = Không có gì được chia sẻ
end-nothing-agreed-lead = Bạn, hoặc ai đó có điện thoại của bạn, đã nhập mã, và hiện không có sự đồng ý nào. Vì vậy { $partner } không nhận được gì từ đây. Mỗi liên kết chỉ dùng được một lần, nên liên kết này đã đóng.
end-nothing-agreed-next = <b>Bạn đổi ý?</b> Hãy xin { $partner } một liên kết mới. Họ cũng có thể cho bạn biết còn những cách nào khác.
end-timed-out = Liên kết này đã đóng khi chưa hoàn tất
end-timed-out-lead = Mã đã được nhập, rồi không có thao tác nào trong thời gian quá lâu. Để giữ an toàn cho bạn, liên kết đã tự đóng vào { $when }.
end-timed-out-lead-bare = Mã đã được nhập, rồi không có thao tác nào trong thời gian quá lâu. Để giữ an toàn cho bạn, liên kết đã tự đóng.
end-timed-out-next = <b>Để tiếp tục, hãy xin { $partner } một liên kết mới.</b>
end-kept = Những gì bạn đã đồng ý và kết nối vẫn được giữ.
end-nothing-kept = Không có sự đồng ý nào, và không có gì được chia sẻ.
end-press-lost = Nếu sau đó bạn đã bấm một nút, lần bấm đó không được tính.
end-idle = Chúng tôi đã đóng trang này để giữ an toàn cho bạn
end-idle-lead = Ở đây không có thao tác nào trong một lúc, nên trang đã tự đóng vào { $when }.
end-idle-lead-bare = Ở đây không có thao tác nào trong một lúc, nên trang đã tự đóng.
end-idle-next = <b>Để tiếp tục, hãy xin { $partner } một liên kết mới.</b> Mỗi liên kết chỉ dùng được một lần, nên liên kết đưa bạn đến đây đã đóng. Liên kết mới sẽ cho bạn thấy mọi việc đang ra sao.
end-visit-next = <b>Để tiếp tục, hãy vào đây từ { $partner } một lần nữa.</b> Khi đó bạn sẽ thấy mọi việc đang ra sao.
end-too-long = Thời gian của bạn ở đây đã hết
end-too-long-lead = Bạn chỉ được ở đây trong thời gian có hạn, và thời gian đó đã hết vào { $when }.
end-too-long-lead-bare = Bạn chỉ được ở đây trong thời gian có hạn, và thời gian đó đã hết.
end-too-long-next = <b>Để tiếp tục, hãy xin { $partner } một liên kết mới.</b> Mỗi liên kết chỉ dùng được một lần, nên liên kết đưa bạn đến đây đã đóng. Liên kết mới sẽ cho bạn thấy mọi việc đang ra sao.
end-locked = Liên kết này đã bị khóa
end-locked-lead = Mã sai đã được nhập quá nhiều lần. Để bảo vệ bạn, liên kết đã đóng hẳn. Không ai vào được.
end-locked-next = <b>Hãy xin { $partner } một liên kết mới.</b> Không phải là bạn? Vậy thì người khác đã có liên kết của bạn, nhưng không có điện thoại của bạn: hãy báo cả điều đó cho { $partner }.
end-withdrawn = Liên kết này đã bị thu hồi
end-withdrawn-lead = { $partner } đã thu hồi liên kết này vào { $when }. Không ai có thể dùng nó nữa.
end-withdrawn-lead-bare = { $partner } đã thu hồi liên kết này. Không ai có thể dùng nó nữa.
end-withdrawn-next = <b>Bạn vẫn cần liên kết này?</b> Hãy hỏi { $partner }: họ có thể cho biết vì sao, và gửi cho bạn liên kết mới.
end-link-unknown = Chúng tôi không biết liên kết này
end-link-unknown-lead = Có thể một phần địa chỉ đã bị mất trên đường đi, hoặc liên kết đã kết thúc từ lâu.
end-link-unknown-first = Hãy mở liên kết từ tin nhắn
end-link-unknown-first-words = Hãy chạm vào chính liên kết, thay vì sao chép nó.
end-still-here = Vẫn gặp trang này?
end-link-unknown-ask = Hãy xin công ty đã gửi liên kết một liên kết mới.
end-session-unknown = Không có gì đang mở trong trình duyệt này
end-session-unknown-lead = Trang này tiếp nối từ một liên kết, nhưng trong trình duyệt này chưa có liên kết nào được mở, hoặc liên kết đã kết thúc từ lâu.
end-session-unknown-first = Hãy mở lại liên kết của bạn
end-session-unknown-first-words = Hãy dùng đúng trình duyệt mà bạn đã nhập mã, và cho phép trình duyệt giữ cookie của trang này.
end-session-unknown-ask = Hãy xin công ty đã gửi liên kết một liên kết mới.
end-token-dead = Địa chỉ này không còn dùng được
end-token-dead-lead = Nó dẫn đến đây trong một thời gian giới hạn, và thời gian đó đã hết, hoặc nó đã bị thu hồi.
end-token-dead-next = <b>Hãy bắt đầu lại từ nơi bạn đã đến.</b> Nếu bạn đến bằng liên kết trong một tin nhắn, hãy xin công ty đã gửi tin nhắn đó một liên kết mới.
end-token-used = Địa chỉ này đã được dùng
end-token-used-lead = Nó mở trang này một lần, và đã làm như vậy.
end-token-used-go = Tiếp tục trong trình duyệt này
end-token-used-next = <b>Địa chỉ đã được mở ở một nơi khác?</b> Vậy thì hãy tiếp tục ở đó. Nếu đó không phải là bạn, hãy báo cho công ty đã gửi liên kết cho bạn: họ có thể đóng nó lập tức.
end-link-required = Bạn cần một liên kết cho việc này
end-link-required-lead = Để làm việc này, số di động của bạn phải được xác nhận, bằng một liên kết và một mã.
end-link-required-next = <b>Hãy xin công ty đã đưa bạn đến đây một liên kết.</b> Mã sẽ được nhắn đến số điện thoại của bạn mà họ có.
end-policy-changed = Xin bạn đọc lại
end-policy-changed-lead = Những gì { $partner } yêu cầu, hoặc cách diễn đạt ở đây, đã thay đổi trong lúc bạn đang đọc. Lần bấm vừa rồi không tính: chưa đồng ý gì cả.
end-policy-changed-go = Đọc những gì họ đề nghị bây giờ
end-agreed-already = Bạn đã đồng ý rồi
end-agreed-already-lead = Bạn vừa đồng ý, có lẽ trong một cửa sổ khác, nên không thể nói “Không” ở đây nữa. Bạn vẫn có thể rời đi.
end-agreed-already-go = Tiếp tục, hoặc rời đi ở đó
end-agreed-already-back = Để rút lại những gì bạn đã đồng ý, <a href="/manage">hãy mở trang của riêng bạn</a>: ở đó việc này chấm dứt ngay.
end-too-many-banks = Đã đủ số ngân hàng tối đa
end-too-many-banks-lead = Bạn đã đăng nhập bằng nhiều ID đăng nhập đến mức không thể thêm nữa. Không mất gì cả: những gì đã kết nối vẫn được kết nối.
end-too-many-banks-next = Nếu vẫn thiếu một ngân hàng, hãy hoàn tất ở đây và báo cho { $partner }: họ có thể giúp bạn phần còn lại.
end-policy-missing = Trang này chưa sẵn sàng
end-policy-missing-lead = { $partner } chưa cho biết họ đề nghị gì và vì sao, và khi chưa có điều đó thì không có gì để đồng ý. Không có gì được chia sẻ.
end-policy-missing-next = <b>Hãy báo cho { $partner }</b> rằng chính sách về sự đồng ý của họ còn thiếu, rồi mở lại trang này.
end-forged = Xin hãy thử lại
end-forged-lead = Biểu mẫu bạn gửi thuộc về một trang khác, hoặc một trang cũ hơn. Để bảo vệ bạn, không có gì được thực hiện.
end-forged-ask = <b>Vẫn thấy trang này?</b> Hãy cho phép trình duyệt giữ cookie của trang này, và mở lại liên kết từ tin nhắn.
end-busy = Xin chờ một chút
end-busy-lead = Có quá nhiều người ở đây cùng lúc, nên không có gì được thực hiện. Liên kết của bạn vẫn nguyên vẹn.
end-busy-next = <b>Hãy chờ nửa phút, rồi thử lại.</b> Làm vậy là an toàn: không có gì bị tính hai lần. Nếu vẫn kéo dài, hãy hỏi công ty đã gửi liên kết cho bạn.
end-broken = Có lỗi ở phía chúng tôi
end-broken-lead = Lỗi ở phía chúng tôi, không phải do bạn. Chúng tôi không biết chắc bước cuối của bạn có được tính hay không.
end-broken-next = <b>Hãy chờ một phút, rồi thử lại.</b> Làm vậy là an toàn: bạn sẽ thấy ở đó mọi việc đang ra sao. Nếu vẫn kéo dài, hãy báo cho công ty đã gửi liên kết cho bạn.

## A new link by text, for who holds one that is over

new-link-press = Nhắn cho tôi liên kết mới
new-link-newest = Nhắn cho tôi liên kết mới nhất
new-link-to = Liên kết được gửi đến số di động của bạn tận cùng là <b class="num">{ $ending }</b>, nếu { $partner } vẫn ghi số đó là số của bạn.
new-link-to-bare = Liên kết được gửi đến số di động của bạn mà { $partner } có.
new-link-else = <b>Bạn đã đổi số, hoặc không có tin nhắn nào đến?</b> Hãy xin { $partner } một liên kết mới.
new-link-else-locked = <b>Không phải là bạn?</b> Vậy thì người khác đã có liên kết của bạn, nhưng không có điện thoại của bạn: hãy báo cho { $partner }.
sent-title = Hãy xem điện thoại của bạn
sent-lead = Nếu { $partner } có số điện thoại của bạn và có liên kết để gửi, một tin nhắn kèm liên kết đang trên đường đến. Để an toàn cho mọi người, trang này không nói gì thêm.
sent-open = Mở liên kết trong tin nhắn
sent-open-words = Có thể mất một hai phút. Đã yêu cầu hai lần? Hãy dùng tin nhắn mới nhất: chỉ liên kết mới nhất dùng được.
sent-nothing = Vài phút mà chưa thấy gì?
sent-nothing-words = Hãy tìm cả trong tin từ người gửi lạ. Sau đó hãy xin { $partner } một liên kết mới: yêu cầu lại ở đây chỉ được vài tin nhắn mỗi ngày.
text-code = là mã để bạn chia sẻ dữ liệu ngân hàng với { $partner }. Không ai gọi điện hỏi mã.
text-new-link = { $partner }: liên kết để bạn chia sẻ dữ liệu ngân hàng. Không yêu cầu? Hãy bỏ qua.

## Sharing for longer

extend-title = Chia sẻ lâu hơn
extend-not-me = Nếu vậy, hãy bấm “Giữ nguyên như cũ”, đóng trang này và báo cho { $partner }: họ có thể sửa lại số.
extend-heading = Tiếp tục chia sẻ với { $partner }?
extend-lead = Những gì bạn đang chia sẻ sẽ tự kết thúc vào <strong>{ $ends }</strong>. Bạn có thể để việc chia sẻ tiếp tục đến <strong>{ $until }</strong>.
extend-none = Không cần làm gì
extend-none-lead = Bạn đã chia sẻ với { $partner } đến <strong>{ $ends }</strong>. Hôm nay chưa thể kéo dài thêm.
extend-same = Không có gì khác thay đổi
extend-would-end = Sẽ tự kết thúc
extend-yes = Tiếp tục đến ngày đó
extend-no = Giữ nguyên như cũ
extend-choice = Đây là lựa chọn của bạn. Nếu giữ nguyên, việc chia sẻ sẽ kết thúc vào { $ends } và dữ liệu đã thu thập sẽ được xóa ở đây.

## Signing in again

renew-not-me = Nếu vậy, hãy bấm “Xong”, đóng trang này và báo cho { $partner }: họ có thể sửa lại số.
renew-none = Chưa kết nối ngân hàng nào
renew-none-lead = Vì vậy không cần đăng nhập lại ở đâu cả. Bạn có thể <a href="/connect/banks">thêm một ngân hàng</a>.
renew-fine = Mọi ngân hàng đều hoạt động
renew-fine-lead = { $partner } đọc được từ mọi nơi bạn đã kết nối. Bạn không cần làm gì.
renew-almost = Sắp xong
renew-almost-lead = Nơi bạn vừa đăng nhập đang được đọc. Việc này tự tiếp tục.
renew-lead = { $partner } không còn đọc được từ một số ngân hàng. Hãy đăng nhập lại ở đó; các tài khoản của bạn vẫn giữ nguyên.
renew-needed = Cần bạn đăng nhập
renew-working = Đang xử lý
renew-look = Xem tiến độ
renew-connected = Đã kết nối
renew-login-title = Đăng nhập lại vào { $bank }
renew-login-not-me = Nếu vậy, đừng đăng nhập. Hãy đóng trang này và báo cho { $partner }: họ có thể sửa lại số.
renew-login-lead = Dùng cùng thông tin đăng nhập như trước. Các tài khoản của bạn vẫn giữ nguyên: { $accounts }.
renew-login-lead-bare = Dùng cùng thông tin đăng nhập như trước.
renew-login-later = Để sau
fault-other-login = Đó là một thông tin đăng nhập khác. Để thêm nó, hãy chọn “Thêm ngân hàng khác”
former-title = Trước đây bạn đã kết nối những nơi này
former-lead = Kết nối đó đã kết thúc cùng với điều bạn từng đồng ý. Hãy đăng nhập lại để tiếp tục chia sẻ từ đó.
former-renewing = <b>Đã đăng nhập ở nơi cần thiết?</b> <a href="/connect/renew">Xem còn lại những gì, rồi kết thúc</a>

## The ends of what somebody was sent here for

errand-done = Xong
finished-title = Hoàn tất
finished-not-me = Nếu vậy, ai đó có điện thoại ấy, hoặc đã đăng nhập ở { $partner } bằng tên của bạn, đã vào đây. Hãy báo ngay cho { $partner }: họ có thể chấm dứt việc chia sẻ ngay lập tức.
finished-until = Bạn chia sẻ với { $partner } đến <strong>{ $until }</strong>. Sau đó việc chia sẻ tự kết thúc.
finished-nothing = Không có gì được chia sẻ với { $partner }.
finished-at = Hoàn tất { $when }.
finished-close = Bạn có thể đóng trang này.
nothing-title = Không có gì được chia sẻ
nothing-heading = Không có gì được chia sẻ với { $partner }
nothing-lead = Bạn được đưa đến đây để tiếp tục việc chia sẻ, nhưng không có gì: việc đó đã kết thúc hoặc chưa từng được đồng ý.
nothing-again = <b>Muốn chia sẻ lại?</b> Hãy hỏi { $partner }: họ có thể gửi cho bạn một liên kết, nơi bạn thấy trước họ yêu cầu những gì.

## The person's own page

manage-title = Những gì bạn chia sẻ
manage-link = Xem và dừng những gì bạn chia sẻ
manage-not-me = Nếu vậy, ai đó có điện thoại ấy, hoặc đã đăng nhập ở { $partner } bằng tên của bạn, đã đồng ý việc này. Hãy báo ngay cho { $partner }: họ có thể chấm dứt ngay lập tức.
manage-lead = { $partner } xem được dữ liệu ngân hàng của bạn đến <strong>{ $ends }</strong>. Bạn có thể dừng bất cứ lúc nào.
manage-stopped = <b>Bạn đã dừng chia sẻ từ { $bank }.</b> Không còn đọc gì ở đó bằng thông tin đăng nhập ấy nữa, và những gì đã đọc được xóa ở đây.
manage-afterwards = Sau đó
manage-deleted = Được xóa ở đây
manage-copy = Được xóa ở đây. { $partner } có thể giữ một bản sao đã loại bỏ mọi thông tin nhận dạng bạn
manage-read = Đọc lần cuối { $when }
manage-stop = Dừng
manage-banks = Các ngân hàng của bạn, và thêm ngân hàng khác
manage-all = Dừng tất cả
manage-all-lead = Có hiệu lực ngay: { $partner } không đọc được gì nữa.
manage-all-press = Dừng mọi chia sẻ
manage-nothing = Hiện bạn không chia sẻ gì với { $partner }.
manage-ended = Đã kết thúc
manage-ran-out = Hết hạn { $when }
manage-was-stopped = Đã dừng { $when }
manage-back = Quay lại
nothing-before = Xem những gì bạn từng chia sẻ

## What was agreed to, on that page and on the receipt

notice-title = Những gì bạn đã đồng ý, từng chữ một
notice-lead = Đúng như đã hiện ra cho bạn, bằng { $language }.

## Who read what, on that page

accesses-title = Ai đã đọc dữ liệu của bạn
accesses-lead = Mọi lần có người đọc dữ liệu ngân hàng của bạn ở đây, theo từng ngày, trong { $kept } gần nhất. Việc { $partner } làm với bản sao của riêng họ thì không thấy được ở đây.
accesses-none = Trong { $kept } gần nhất, không ai đọc dữ liệu ngân hàng của bạn ở đây. Khi có người đọc, bạn sẽ thấy ở chỗ này.
access-application-accounts = { $partner } đã đọc các tài khoản của bạn
access-application-transactions = { $partner } đã đọc các giao dịch của bạn
access-application-identity = { $partner } đã đọc tên và thông tin liên lạc của bạn
access-application-connections = { $partner } đã đọc danh sách ngân hàng bạn đã kết nối
access-application-attestation = { $partner } đã đọc những gì bạn xác nhận khi kết thúc
access-operator-accounts = Đơn vị vận hành dịch vụ này đã xuất các tài khoản của bạn
access-operator-transactions = Đơn vị vận hành dịch vụ này đã xuất các giao dịch của bạn
access-operator-identity = Đơn vị vận hành dịch vụ này đã xuất tên và thông tin liên lạc của bạn
access-operator-connections = Đơn vị vận hành dịch vụ này đã xem danh sách ngân hàng bạn đã kết nối
access-operator-attestation = Đơn vị vận hành dịch vụ này đã xuất những gì bạn xác nhận khi kết thúc
access-times = { $times ->
    [1] Một lần, { $last }
   *[other] { $times } lần, lần cuối { $last }
}
accesses-earlier = { $lines ->
    [1] Một dòng trước đó
   *[other] { $lines } dòng trước đó
}
accesses-older = Còn nữa, từ trước { $from }. Phần đó vẫn được lưu: hãy hỏi { $partner } để có danh sách đầy đủ.

## Stopping it, and the receipt

withdraw-title = Dừng chia sẻ?
withdraw-not-me = Nếu vậy, ai đó có điện thoại ấy, hoặc đã đăng nhập ở { $partner } bằng tên của bạn, đã đồng ý việc này. Bạn có thể dừng lại; và hãy báo cho { $partner }.
withdraw-all = Dừng chia sẻ với { $partner }?
withdraw-one = Dừng chia sẻ từ { $bank }?
withdraw-lead = Có hiệu lực ngay khi bạn bấm. Không thể hoàn tác, nhưng bạn có thể chia sẻ lại từ đầu.
withdraw-then = Điều gì xảy ra sau đó
withdraw-reads = { $partner } không đọc được gì ở đây nữa.
withdraw-reads-from = { $partner } không đọc được gì ở đây nữa: không có gì mới từ { $banks }, và không có gì từ trước.
withdraw-deleted = Mọi thứ đã thu thập được <b>xóa</b> ở đây.
withdraw-copy = { $partner } có thể giữ một bản sao đã loại bỏ mọi thông tin nhận dạng bạn. Đó là điều bạn đã đồng ý.
withdraw-one-reads = Không còn đọc gì ở { $bank } bằng thông tin đăng nhập này nữa, và { $partner } không đọc được ở đây những gì đã đọc trước đó.
withdraw-one-deleted = Những gì đã đọc bằng nó được <b>xóa</b> ở đây. Những gì khác bạn chia sẻ vẫn tiếp tục.
withdraw-documents = Nếu { $partner } chưa quyết định, họ có thể yêu cầu bạn cung cấp giấy tờ thay thế.
withdraw-ask = Yêu cầu { $partner } xóa cả bản sao đó
withdraw-ask-hint = Họ được báo rằng bạn yêu cầu điều này. Việc thực hiện là của họ.
withdraw-press = Dừng chia sẻ
withdraw-keep = Tiếp tục chia sẻ
receipt-title = Việc chia sẻ đã kết thúc
receipt-lead = Từ { $when }, { $partner } không còn đọc được gì trong số đó ở đây.
receipt-number = Số biên nhận
receipt-ended = Kết thúc
receipt-here = Ở đây
receipt-here-all = Mọi thứ đã thu thập đã được xóa
receipt-there = Ở { $partner }
receipt-there-asked = Họ có thể giữ một bản sao đã loại bỏ mọi thông tin nhận dạng bạn. Bạn đã yêu cầu họ xóa nó
receipt-there-copy = Họ có thể giữ một bản sao đã loại bỏ mọi thông tin nhận dạng bạn
receipt-there-told = Họ đã được báo rằng việc này kết thúc
receipt-keep = Để giữ biên nhận này, hãy in hoặc lưu trang này. Số biên nhận giúp { $partner } tìm thấy nó.
receipt-back = Quay lại những gì bạn chia sẻ
